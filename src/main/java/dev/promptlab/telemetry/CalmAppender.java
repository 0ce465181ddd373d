package dev.promptlab.telemetry;

import java.time.Duration;
import java.util.Map;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;

/// Writes to standard error, at most so many lines of a kind in a window, and then how many it left out.
final class CalmAppender extends ConsoleAppender<ILoggingEvent> {
    private static final int MOST = 30;
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final Storms storms = new Storms(MOST);
    private final Thread windows = Thread.ofVirtual().name("log windows").unstarted(this::run);

    CalmAppender(LoggerContext context) {
        setContext(context);
        setTarget("System.err");
    }

    @Override
    public void start() {
        super.start();
        windows.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(WINDOW);
                nextWindow();
            }
        } catch (InterruptedException e) {
            // it was stopped
        }
    }

    /// Ends a window before its time.
    void nextWindow() {
        for (var left : storms.next()) {
            var logger = ((LoggerContext) getContext()).getLogger(left.kind().logger());
            var line = new LoggingEvent(CalmAppender.class.getName(), logger, left.kind().level(),
                    "{} more like this within {} s were left out: {}", null,
                    new Object[]{left.lines(), WINDOW.toSeconds(), left.kind().pattern()});
            line.setMDCPropertyMap(Map.of());
            super.append(line);
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (storms.admits(event)) {
            super.append(event);
        }
    }

    @Override
    public void stop() {
        windows.interrupt();
        if (isStarted()) {
            nextWindow();
        }
        super.stop();
    }
}
