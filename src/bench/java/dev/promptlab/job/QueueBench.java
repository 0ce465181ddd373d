package dev.promptlab.job;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import dev.promptlab.bench.BenchPostgres;
import dev.promptlab.bench.Figures;
import dev.promptlab.job.BenchQueue.Size;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The queue on the embedded PostgreSQL, by the code that the product runs, beside ceilings and peers of the same run:
/// medians of interleaved rounds, after one that warms up.
@Command(name = "bench queue", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true, description = "Measures the job queue beside ceilings and peers.")
final class QueueBench implements Callable<Integer> {
    @Option(names = "--rounds", defaultValue = "5", description = "interleaved rounds (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--only", split = ",", description = "what to measure (default: enqueue,drain,peers,pickup,fairness,claim); also: snapshot, concurrency")
    private List<String> only = List.of("enqueue", "drain", "peers", "pickup", "fairness", "claim");

    @Option(names = "--jobs", defaultValue = "10000", description = "jobs of a drain (default: ${DEFAULT-VALUE})")
    private int jobs;

    @Option(names = "--concurrency", defaultValue = "100", description = "jobs in flight (default: ${DEFAULT-VALUE})")
    private int concurrency;

    @Option(names = "--connections", defaultValue = "16", description = "of a worker's pool (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--seconds", defaultValue = "5", description = "how long each load lasts (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--minutes", defaultValue = "1", description = "how long a snapshot is held (default: ${DEFAULT-VALUE})")
    private int minutes;

    public static void main(String[] args) {
        System.exit(new CommandLine(new QueueBench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        try (var postgres = BenchPostgres.start()) {
            var measures = chosen(all(postgres));
            var figures = new Figures();
            EnqueueMeasure.bars(figures);
            DrainMeasure.bars(figures);
            PickUpMeasure.bars(figures);
            FairnessMeasure.bars(figures);
            PeersMeasure.bars(figures);
            ClaimMeasure.bars(figures);
            for (var measure : measures.entrySet()) {
                System.out.println("warm-up: " + measure.getKey());
                measure.getValue().prepare(figures);
            }
            figures.clear();
            for (int round = 1; round <= rounds; round++) {
                for (var measure : measures.entrySet()) {
                    System.out.printf("round %d: %s%n", round, measure.getKey());
                    measure.getValue().round(figures);
                }
            }
            figures.print();
            measures.values().forEach(QueueMeasure::close);
        }
        return 0;
    }

    private Map<String, Supplier<QueueMeasure>> all(BenchPostgres postgres) {
        var size = new Size(connections, concurrency);
        var duration = Duration.ofSeconds(seconds);
        var all = new LinkedHashMap<String, Supplier<QueueMeasure>>();
        all.put("enqueue", () -> new EnqueueMeasure(postgres, duration));
        all.put("drain", () -> new DrainMeasure(postgres, size, jobs, duration));
        all.put("peers", () -> new PeersMeasure(postgres, jobs));
        all.put("pickup", () -> new PickUpMeasure(postgres, duration.multipliedBy(2)));
        all.put("fairness", () -> new FairnessMeasure(postgres));
        all.put("claim", () -> new ClaimMeasure(postgres));
        all.put("snapshot", () -> new SnapshotMeasure(postgres, Duration.ofMinutes(minutes)));
        all.put("concurrency", () -> new DrainMeasure.Concurrency(postgres, connections, jobs));
        return all;
    }

    private Map<String, QueueMeasure> chosen(Map<String, Supplier<QueueMeasure>> all) {
        var chosen = new LinkedHashMap<String, QueueMeasure>();
        for (var name : only) {
            var measure = all.get(name);
            if (measure == null) {
                throw new IllegalArgumentException("--only takes " + String.join(", ", all.keySet()) + ", not " + name);
            }
            chosen.put(name, measure.get());
        }
        return chosen;
    }
}
