package dev.promptlab.eval.gate;

import java.util.Locale;
import java.util.Optional;

import dev.promptlab.eval.statistics.Fisher;

/// Finds out what a case is whose answers differ between the arms: both arms run it again, up to five times, until it is clear.
public final class CaseRule {
    /// Re-runs of a case in each arm.
    public static final int MAX_RERUNS = 5;
    private static final double ALPHA = 0.05;
    /// The smallest difference in passes of five that [Fisher] does not take for chance.
    private static final int CLEAR = 4;

    private CaseRule() {}

    /// What a case turned out to be.
    public enum Kind {
        /// The baseline always passes and the candidate never does.
        BROKEN,
        /// The candidate passes clearly less often.
        WORSE,
        /// The difference did not come back.
        FLAKY,
        /// The candidate passes clearly more often.
        RECOVERED,
        /// The candidate failed again; nothing is known of the baseline.
        FAILING;

        /// `broken worse flaky recovered failing`
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What became of the re-runs so far; errors do not count.
    ///
    /// @param pairs re-runs that both arms have ended
    public record Reruns(int pairs, int baselinePassed, int candidatePassed) {
        public static final Reruns NONE = new Reruns(0, 0, 0);

        public Reruns plus(boolean baselinePass, boolean candidatePass) {
            return new Reruns(pairs + 1, baselinePassed + (baselinePass ? 1 : 0),
                    candidatePassed + (candidatePass ? 1 : 0));
        }
    }

    /// Empty = run it again. After three re-runs that all say the same it is clear, and as soon as no difference can become clear.
    public static Optional<Kind> decide(Reruns seen) {
        if (seen.pairs() == 0) {
            return Optional.empty();
        }
        if (isFewer(seen.candidatePassed(), seen.baselinePassed(), seen.pairs())) {
            return Optional.of(seen.candidatePassed() == 0 && seen.baselinePassed() == seen.pairs()
                    ? Kind.BROKEN : Kind.WORSE);
        }
        if (isFewer(seen.baselinePassed(), seen.candidatePassed(), seen.pairs())) {
            return Optional.of(Kind.RECOVERED);
        }
        var left = MAX_RERUNS - seen.pairs();
        var difference = Math.abs(seen.baselinePassed() - seen.candidatePassed());
        return difference + left < CLEAR ? Optional.of(Kind.FLAKY) : Optional.empty();
    }

    /// When re-runs have ended for another reason, a stop or a budget.
    public static Kind decideNow(Reruns seen) {
        return decide(seen).orElse(Kind.FLAKY);
    }

    private static boolean isFewer(int fewer, int more, int runs) {
        return fewer < more && Fisher.fewer(fewer, runs, more, runs) <= ALPHA + 1e-9;
    }
}
