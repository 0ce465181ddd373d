package dev.promptlab.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;

/// Lets the first lines of each kind pass in a window of time and counts the others, so that a database that is away for a minute
/// leaves a page of log and not a gigabyte. A kind is a logger, a level and a message before its arguments are put in. Thread-safe.
final class Storms {
    /// More kinds than a program has: those beyond are one.
    private static final int KINDS = 2_000;

    /// Lines of one kind.
    record Kind(String logger, Level level, String pattern) {}

    /// What did not pass.
    record LeftOut(Kind kind, long lines) {}

    private static final Kind OTHER = new Kind(Storms.class.getName(), Level.WARN, "lines of many kinds");

    private final int most;
    private final Map<Kind, Long> seen = new ConcurrentHashMap<>();

    /// @param most lines of a kind in a window
    Storms(int most) {
        this.most = most;
    }

    /// Whether this line is to be written. Who asked for debug lines gets them all.
    boolean admits(ILoggingEvent event) {
        if (!event.getLevel().isGreaterOrEqual(Level.INFO)) {
            return true;
        }
        var kind = new Kind(event.getLoggerName(), event.getLevel(), event.getMessage());
        if (seen.size() >= KINDS && !seen.containsKey(kind)) {
            kind = OTHER;
        }
        return seen.merge(kind, 1L, Long::sum) <= most;
    }

    /// Begins the next window and tells what the one before left out.
    List<LeftOut> next() {
        var left = new ArrayList<LeftOut>();
        for (var kind : seen.keySet()) {
            seen.computeIfPresent(kind, (_, lines) -> {
                if (lines > most) {
                    left.add(new LeftOut(kind, lines - most));
                }
                return null;
            });
        }
        return left;
    }
}
