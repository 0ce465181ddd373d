package dev.promptlab.eval.report;

import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/// How far a run is, shown while it runs: a bar that moves on a terminal, else a line every five seconds. Not thread-safe.
public final class Progress implements RunWatcher {
    private static final Duration REDRAW = Duration.ofMillis(100);
    private static final Duration LINE = Duration.ofSeconds(5);
    private static final int MOST_BAR = 30;

    private final Terminal terminal;
    private @Nullable Duration shown;

    public Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    /// @param done cells that are decided
    /// @param usd spent so far; null = unknown
    /// @param difference candidate minus baseline so far, 0 to 1; null = nothing to compare
    public record State(long done, long total, long cacheHits, long errors, @Nullable Double usd,
            @Nullable Double difference, Duration elapsed) {
        double perSecond() {
            return elapsed.isZero() ? 0 : done * 1e9 / elapsed.toNanos();
        }

        /// `3 cached, 210/s, USD 0.0120, ETA 12 s, -1.2 points`
        String figures() {
            var eta = perSecond() == 0 ? "?" : time(Math.round((total - done) / perSecond()));
            return cacheHits + " cached, " + (errors == 0 ? "" : errors + " errors, ")
                    + String.format(Locale.ROOT, "%.0f/s, ", perSecond()) + Text.usd(usd) + ", ETA " + eta
                    + (difference == null ? "" : ", " + Text.points(difference) + " points");
        }

        private static String time(long seconds) {
            return seconds < 120 ? seconds + " s" : Math.ceilDiv(seconds, 60) + " min";
        }
    }

    /// Call it as often as you like.
    @Override
    public void show(State state) {
        var pause = terminal.interactive() ? REDRAW : LINE;
        if (shown == null && !terminal.interactive()) {
            shown = Duration.ZERO;
        }
        if (shown != null && state.elapsed().minus(shown).compareTo(pause) < 0) {
            return;
        }
        shown = state.elapsed();
        terminal.out().print(terminal.interactive() ? "\r" + bar(state) : line(state) + "\n");
        terminal.out().flush();
    }

    /// The bar makes room for what comes next.
    @Override
    public void end() {
        if (terminal.interactive() && shown != null) {
            terminal.out().print("\r" + " ".repeat(terminal.width() - 1) + "\r");
            terminal.out().flush();
        }
    }

    static String line(State state) {
        return state.done() + "/" + state.total() + ", " + state.figures();
    }

    private String bar(State state) {
        var text = " " + line(state);
        var length = Math.clamp(terminal.width() - text.length() - 4, 0, MOST_BAR);
        var full = state.total() == 0 ? length : (int) (length * state.done() / state.total());
        var bar = length == 0 ? "" : "[" + "#".repeat(full) + ".".repeat(length - full) + "]";
        var whole = Text.cut(bar + text, terminal.width() - 1);
        return whole + " ".repeat(Math.max(0, terminal.width() - 1 - whole.length()));
    }
}
