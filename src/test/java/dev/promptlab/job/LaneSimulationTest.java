package dev.promptlab.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.promptlab.job.LimitedProvider.Kind;
import dev.promptlab.job.LimitedProvider.Says;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Lanes against providers with a limit that nobody told them, from their first call on, over ten simulated minutes.
class LaneSimulationTest {
    private static final int TEN_MINUTES = 600_000;
    private static final int A_MINUTE = 60_000;
    private static final int SEEDS = 6;

    /// What one run came to.
    private record Result(double used, double refused) {}

    static Stream<Arguments> providers() {
        var all = new ArrayList<Arguments>();
        for (var kind : Kind.values()) {
            for (var says : Says.values()) {
                for (int nodes : List.of(1, 3)) {
                    for (int latency : List.of(20, 2_000)) {
                        all.add(Arguments.of(kind, says, nodes, latency));
                    }
                }
            }
        }
        return all.stream();
    }

    /// A refusal takes a tenth of the time of an answer.
    @ParameterizedTest(name = "{0} that says {1}, {2} nodes, {3} ms")
    @MethodSource("providers")
    void usesNinetyPercentOfSixtyAMinuteWithLessThanTwoPercentRefused(Kind kind, Says says, int nodes, int latency) {
        assertThat(IntStream.range(0, SEEDS).mapToObj(seed -> run(kind, says, nodes, latency, latency / 10, 60, seed)))
                .allSatisfy(result -> {
                    assertThat(result.used()).isGreaterThanOrEqualTo(0.9);
                    assertThat(result.refused()).isLessThan(0.02);
                });
    }

    /// More calls are under way, then, when the first refusal is known: the bound holds on average.
    @ParameterizedTest(name = "{0} that says {1}, {2} nodes, {3} ms")
    @MethodSource("providers")
    void holdsAlsoWhenRefusalsAreAsSlowAsAnswers(Kind kind, Says says, int nodes, int latency) {
        var results = IntStream.range(0, SEEDS).mapToObj(seed -> run(kind, says, nodes, latency, latency, 60, seed))
                .toList();

        assertThat(results).allSatisfy(result -> assertThat(result.used()).isGreaterThanOrEqualTo(0.9));
        assertThat(results.stream().mapToDouble(Result::refused).average().orElseThrow()).isLessThan(0.02);
    }

    @ParameterizedTest(name = "{0} that says {1}, {2} nodes, {3} ms")
    @MethodSource("providers")
    void tenTimesTheLimitRefusesNoLargerPart(Kind kind, Says says, int nodes, int latency) {
        var result = run(kind, says, nodes, latency, latency / 10, 600, 1);

        assertThat(result.used()).isGreaterThanOrEqualTo(0.75);
        assertThat(result.refused()).isLessThan(0.01);
    }

    @Test
    void aLimitPerSecondIsSoughtAndNotTakenForOnePerMinute() {
        var random = new Random(1);
        var provider = new LimitedProvider(Kind.FIXED_WINDOW, Says.NOTHING, 10, 1_000, random);
        new LaneSimulation(provider, random, 1, 20, 5).run(0, TEN_MINUTES);

        assertThat(provider.accepted()).isGreaterThan(3_000);
        assertThat(provider.refusedShare()).isLessThan(0.01);
    }

    @Test
    void aLaneWithoutALimitIsAtItsCapWithinTwoSeconds() {
        var random = new Random(1);
        var provider = new LimitedProvider(Kind.TOKEN_BUCKET, Says.NOTHING, 1_000_000, A_MINUTE, random);
        var simulation = new LaneSimulation(provider, random, 1, 20, 20);
        simulation.run(0, 2_000);

        assertThat(simulation.state().window()).isNull();
        assertThat(simulation.state().pace()).isNull();
    }

    private static Result run(Kind kind, Says says, int nodes, int latency, int refusalLatency, int limit, int seed) {
        var random = new Random(seed);
        var provider = new LimitedProvider(kind, says, limit, A_MINUTE, random);
        new LaneSimulation(provider, random, nodes, latency, refusalLatency).run(0, TEN_MINUTES);
        return new Result(provider.accepted() / (10.0 * limit), provider.refusedShare());
    }
}
