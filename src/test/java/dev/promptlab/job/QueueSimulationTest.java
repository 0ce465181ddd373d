package dev.promptlab.job;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

import dev.promptlab.job.QueueStore.Hold;
import dev.promptlab.job.Simulation.Fault;
import dev.promptlab.job.Simulation.Violation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Thousands of simulated lives of the queue and its workers. A failure names its seed; `-Dsimulation.seed=N` runs that one
/// alone and prints all that happened, `-Dsimulation.seeds=N` looks at more of them.
class QueueSimulationTest {
    private static final long SEEDS = Long.getLong("simulation.seeds", 1_500);
    private static final long SEEDS_FOR_A_FLAW = 300;

    /// Ways to get the queue wrong.
    enum Flaw {
        EPOCH_IGNORED {
            @Override
            QueueModel store() {
                return new QueueModel() {
                    @Override
                    boolean isHeld(Item item, Hold hold) {
                        return item.state == State.RUNNING;
                    }
                };
            }
        },
        STATE_IGNORED {
            @Override
            QueueModel store() {
                return new QueueModel() {
                    @Override
                    boolean isHeld(Item item, Hold hold) {
                        return item.epoch == hold.epoch();
                    }
                };
            }
        },
        CAP_IGNORED {
            @Override
            QueueModel store() {
                return new QueueModel() {
                    @Override
                    int free(int lane) {
                        return Integer.MAX_VALUE;
                    }
                };
            }
        },
        KEY_KEPT {
            @Override
            QueueModel store() {
                return new QueueModel() {
                    @Override
                    void freeKey(Item item) {}
                };
            }
        },
        VANISHED_ATTEMPT_NOT_LOGGED {
            @Override
            QueueModel store() {
                return new QueueModel() {
                    @Override
                    void log(Item item, String word, boolean usedTry) {
                        if (!word.equals("unknown")) {
                            super.log(item, word, usedTry);
                        }
                    }
                };
            }
        },
        LEASES_NEVER_END {
            @Override
            QueueModel store() {
                return new QueueModel() {
                    @Override
                    boolean leaseIsOver(Item item) {
                        return false;
                    }
                };
            }
        },
        LEASES_END_BY_THE_WORKERS_CLOCK {
            @Override
            QueueModel store() {
                return new QueueModel() {
                    @Override
                    boolean leaseIsOver(Item item) {
                        return item.leaseUntil < now + callerSkew;
                    }
                };
            }
        };

        abstract QueueModel store();
    }

    @Test
    void everySeedKeepsThePromises() {
        var one = Long.getLong("simulation.seed");
        if (one != null) {
            replay(one);
            return;
        }
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        for (long seed = 1; seed <= SEEDS; seed++) {
            var simulation = new Simulation(seed, new QueueModel());
            run(seed, simulation);
            simulation.faults.forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
        }
        System.out.println(SEEDS + " simulated runs: " + faults);
        assertThat(faults).as("every fault hit").containsOnlyKeys(Fault.values());
    }

    private static void run(long seed, Simulation simulation) {
        try {
            simulation.run();
        } catch (Violation e) {
            throw new AssertionError("-Dsimulation.seed=" + seed + ": " + e.getMessage(), e);
        }
    }

    private static void replay(long seed) {
        var simulation = new Simulation(seed, new QueueModel());
        try {
            run(seed, simulation);
        } finally {
            simulation.trace.forEach(System.out::println);
        }
    }

    @Test
    void theSameSeedIsTheSameRun() {
        var one = new Simulation(7, new QueueModel());
        var again = new Simulation(7, new QueueModel());
        one.run();
        again.run();

        assertThat(one.trace).hasSizeGreaterThan(100).isEqualTo(again.trace);
    }

    @ParameterizedTest
    @EnumSource(Flaw.class)
    void aQueueWithAFlawIsFoundOut(Flaw flaw) {
        var found = LongStream.rangeClosed(1, SEEDS_FOR_A_FLAW).mapToObj(seed -> violation(seed, flaw.store()))
                .flatMap(Optional::stream).findFirst();

        assertThat(found).isPresent();
        System.out.println(flaw + ": " + found.orElseThrow());
    }

    private static Optional<String> violation(long seed, QueueModel store) {
        try {
            new Simulation(seed, store).run();
            return Optional.empty();
        } catch (Violation e) {
            return Optional.of("seed " + seed + ": " + e.getMessage());
        }
    }
}
