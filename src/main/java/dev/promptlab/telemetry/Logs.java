package dev.promptlab.telemetry;

import java.util.Collection;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// Where log lines go: standard error, as text for people or one JSON object a line. Standard output is for commands.
public final class Logs {
    /// Libraries that talk too much at info.
    private static final Map<String, Level> QUIET = Map.of("com.zaxxer.hikari", Level.WARN, "org.eclipse.jetty",
            Level.WARN, "io.javalin", Level.WARN, "org.flywaydb", Level.WARN, "io.lettuce", Level.ERROR, "io.netty",
            Level.ERROR,
            // Speaks up when a process stops while a connection is being made.
            "io.netty.util.concurrent.DefaultPromise.rejectedExecution", Level.OFF);

    /// Control and format characters, ends of lines and paragraphs.
    private static final String UNPRINTABLE = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\\t]]";
    private static final String UNPRINTABLE_IN_TRACES = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\\t\\n]]";

    private Logs() {}

    /// @param json one JSON object a line instead of text
    /// @param level `error warn info debug trace`
    /// @param secrets never shown, whatever is logged
    public static void configure(boolean json, String level, Collection<String> secrets) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var appender = new CalmAppender(context);
        appender.setEncoder(new Redaction<>(json ? json(context) : text(context), secrets));
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(level));
        root.addAppender(appender);
        QUIET.forEach((name, quiet) -> context.getLogger(name).setLevel(quiet));
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /// The fields of the thread stand behind the message. Nobody's text can forge a line or talk to a terminal: control and format characters become `?`, and what follows the
    /// first line of an exception is indented.
    static Encoder<ILoggingEvent> text(LoggerContext context) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0}: %replace(%msg){'" + UNPRINTABLE + "', '?'}"
                + "%replace( [%mdc]){' \\[\\]$', ''}%n"
                + "%replace(%replace(%rEx{12}){'" + UNPRINTABLE_IN_TRACES + "', '?'}){'\\n(?=[^\\t\\n])', '\n  '}");
        encoder.start();
        return encoder;
    }

    static Encoder<ILoggingEvent> json(LoggerContext context) {
        var encoder = new PrintableJsonEncoder();
        encoder.setContext(context);
        encoder.setWithContext(false);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithArguments(false);
        encoder.setWithMessage(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        return encoder;
    }
}
