package dev.promptlab.telemetry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LogsTest {
    private static final LoggerContext CONTEXT = new LoggerContext();

    @ParameterizedTest
    @FieldSource("dev.promptlab.testing.HostileStrings#ALL")
    void oneTextLineStaysOneLineOfPrintableText(String hostile) {
        var text = encode(Logs.text(CONTEXT), "job {} failed", hostile, null);
        assertThat(text.lines()).hasSize(1);
        assertThat(text.strip()).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  Problem: job .* failed");
        assertIsPrintable(text);
    }

    @ParameterizedTest
    @FieldSource("dev.promptlab.testing.HostileStrings#ALL")
    void noExceptionForgesALine(String hostile) {
        var cause = new IOException(hostile + "\n12:00:00.000 ERROR Problem: forged\r\tat forged");
        var text = encode(Logs.text(CONTEXT), "job {} failed", hostile, new IllegalStateException(hostile, cause));
        var lines = new ArrayList<>(text.lines().toList());
        assertThat(lines.removeFirst()).contains(" WARN  Problem: job ");
        assertThat(lines.removeFirst()).startsWith("java.io.IOException: ");
        assertThat(lines).isNotEmpty().allSatisfy(line -> assertThat(line).matches("(\\t|  ).*|"));
        assertIsPrintable(text.replace("\n", "").replace("\t", ""));
    }

    @ParameterizedTest
    @FieldSource("dev.promptlab.testing.HostileStrings#ALL")
    void oneJsonLineStaysOneLineOfPrintableTextAndKeepsTheMessage(String hostile) throws IOException {
        var line = encode(Logs.json(CONTEXT), "job {} failed", hostile, new IllegalStateException(hostile));
        assertThat(line.lines()).hasSize(1);
        assertIsPrintable(line);
        var event = Json.read(line.getBytes(StandardCharsets.UTF_8));
        assertThat(event.get("formattedMessage").textValue()).isEqualTo("job " + hostile + " failed");
        assertThat(event.at("/throwable/message").textValue()).isEqualTo(hostile);
    }

    @Test
    void proseIsLeftAlone() {
        assertThat(encode(Logs.text(CONTEXT), "naïve 漢字 {}", "\ud83d\ude00 \"quoted\" back\\slash\ttab", null))
                .contains("naïve 漢字 \ud83d\ude00 \"quoted\" back\\slash\ttab");
    }

    @Test
    void fieldsOfTheThreadStandBehindTheMessageAndAreFieldsOfJson() throws IOException {
        var fields = Map.of("requestId", "r-1");
        assertThat(encode(Logs.text(CONTEXT), fields, "{} happened", "something"))
                .endsWith("WARN  Problem: something happened [requestId=r-1]\n");
        assertThat(encode(Logs.text(CONTEXT), Map.of(), "{} happened", "something")).endsWith("something happened\n");
        var json = Json.read(encode(Logs.json(CONTEXT), fields, "{} happened", "it").getBytes(StandardCharsets.UTF_8));
        assertThat(json.at("/mdc/requestId").textValue()).isEqualTo("r-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pl_zpxQxMYvi0JGw2uW3l7GgXH-O_4nZox90x9QRDCM3bEU9VvAA",
            "whsec_0123456789012345678901234567",
            "sk-ant-api03-0123456789abcdef", "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIwMWEyMTNkMCJ9.c2lnbmF0dXJlMDEyMw",
            "the-very-own-secret-of-this-server"})
    void secretsAreTakenOutWhereverTheyStand(String secret) {
        var known = List.of("the-very-own-secret-of-this-server", "short");
        for (var encoder : List.of(Logs.text(CONTEXT), Logs.json(CONTEXT))) {
            var line = encode(new Redaction<>(encoder, known), "a short word, {}, and more", secret,
                    new IllegalStateException("it was " + secret));
            assertThat(line).doesNotContain(secret).contains("a short word, ***, and more").contains("it was ***");
        }
    }

    @Test
    void passwordsOfUrlsAreTakenOutAndTheRestIsKept() {
        var line = encode(new Redaction<>(Logs.text(CONTEXT), List.of()), "cannot reach {}",
                "postgresql://app:hunter2@db:5432/promptlab and redis://:hunter2@cache/0", null);
        assertThat(line).contains("cannot reach postgresql://app:***@db:5432/promptlab and redis://:***@cache/0");
    }

    @Test
    void aStormLeavesAFewLinesAndTheNumberOfTheOthers() {
        var err = System.err;
        var written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            storm();
        } finally {
            System.setErr(err);
        }
        var lines = written.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.stream().filter(line -> line.contains("the database does not answer"))).hasSize(30 + 1 + 1);
        assertThat(lines).filteredOn(line -> line.contains("were left out")).singleElement().asString()
                .contains("9970 more like this within 10 s were left out: job {}: the database does not answer");
        assertThat(lines).filteredOn(line -> line.contains("something else")).hasSize(1);
        assertThat(lines.getLast()).contains("job 10001: the database does not answer");
    }

    private static void storm() {
        var appender = new CalmAppender(CONTEXT);
        appender.setEncoder(Logs.text(CONTEXT));
        appender.start();
        for (int i = 1; i <= 10_000; i++) {
            appender.doAppend(event("job {}: the database does not answer", String.valueOf(i), null));
        }
        appender.doAppend(event("something else: {}", "x", null));
        appender.nextWindow();
        appender.doAppend(event("job {}: the database does not answer", "10001", null));
        appender.stop();
    }

    private static void assertIsPrintable(String text) {
        assertThat(text.strip().codePoints().filter(c -> c != '\t' && switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        })).as(text).isEmpty();
    }

    private static String encode(Encoder<ILoggingEvent> encoder, String message, String argument,
            @Nullable Throwable thrown) {
        return new String(encoder.encode(event(message, argument, thrown)), StandardCharsets.UTF_8);
    }

    private static String encode(Encoder<ILoggingEvent> encoder, Map<String, String> fields, String message,
            String argument) {
        return new String(encoder.encode(event(fields, message, argument, null)), StandardCharsets.UTF_8);
    }

    private static LoggingEvent event(String message, String argument, @Nullable Throwable thrown) {
        return event(Map.of(), message, argument, thrown);
    }

    private static LoggingEvent event(Map<String, String> fields, String message, String argument,
            @Nullable Throwable thrown) {
        var event = new LoggingEvent("", CONTEXT.getLogger("Problem"), Level.WARN, message, thrown,
                new Object[]{argument});
        event.setMDCPropertyMap(fields);
        return event;
    }
}
