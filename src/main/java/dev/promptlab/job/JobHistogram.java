package dev.promptlab.job;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Counts of jobs as JSON.
final class JobHistogram {
    private static final int MOST_JOBS = 20_000;
    /// Reading texts takes longer.
    private static final int MOST_TEXTS = 5_000;

    private JobHistogram() {}

    /// How many jobs are looked at.
    static int limit(JobFilter filter) {
        return filter.q() == null ? MOST_JOBS : MOST_TEXTS;
    }

    static ObjectNode json(JobCountStore.Counts counts, int buckets, int limit) {
        var totals = zeros();
        var json = Json.object().put("from", text(counts.from())).put("to", text(counts.to()))
                .put("complete", counts.visited() < limit).put("oldestCounted", text(counts.oldest()));
        var cells = cells(buckets);
        for (var count : counts.counts()) {
            cells.get(count.bucket()).merge(count.status(), count.jobs(), Long::sum);
            totals.merge(count.status(), count.jobs(), Long::sum);
        }
        json.set("counts", json(totals));
        var array = json.putArray("buckets");
        if (counts.from() != null && counts.to() != null) {
            var width = Duration.between(counts.from(), counts.to());
            for (int i = 0; i < buckets; i++) {
                array.add(json(cells.get(i)).put("from",
                        Json.time(counts.from().plus(width.multipliedBy(i).dividedBy(buckets)))));
            }
        }
        return json;
    }

    private static List<Map<JobStatus, Long>> cells(int buckets) {
        return Stream.generate(JobHistogram::zeros).limit(buckets).toList();
    }

    private static Map<JobStatus, Long> zeros() {
        var zeros = new EnumMap<JobStatus, Long>(JobStatus.class);
        for (var status : JobStatus.values()) {
            zeros.put(status, 0L);
        }
        return zeros;
    }

    private static ObjectNode json(Map<JobStatus, Long> counts) {
        var json = Json.object();
        counts.forEach((status, jobs) -> json.put(status.code(), jobs));
        return json;
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : Json.time(time);
    }
}
