package dev.promptlab.job;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.promptlab.bench.BenchText;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.provider.BenchProviders;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.Providers;
import dev.promptlab.web.Json;

/// Jobs with a prompt of 1 KB each, spread over workspaces and lanes; no two are the same work.
final class BenchJobs {
    private static final List<String> MODELS = List.of("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini");
    private static final int INPUT_TOKENS = 250;
    private static final BigDecimal INPUT_COST = new BigDecimal("0.000625");
    private static final int MAX_ATTEMPTS = 3;

    private record Lane(int id, String model) {}

    private final List<UUID> workspaces;
    private final List<Lane> lanes;

    BenchJobs(Database db, int workspaces, int lanes) {
        var store = new LaneStore(db);
        this.workspaces = Stream.generate(UUID::randomUUID).limit(workspaces).toList();
        this.lanes = IntStream.range(0, lanes).mapToObj(BenchJobs::model)
                .map(model -> new Lane(store.id(new LaneStore.Lane(BenchProviders.NAME, BenchProviders.NAME,
                        Providers.SERVER_KEY, model)), model))
                .toList();
        // As lanes are that have been at work for a while without meeting a limit; a new one would feel its way up first.
        db.inTransaction(tx -> tx.execute("update lane_cursor set window_size = null, ramp = null"));
    }

    /// Past the four that have a price, models have made-up names.
    private static String model(int number) {
        return number < MODELS.size() ? MODELS.get(number) : "gpt-4o-" + number;
    }

    List<UUID> workspaces() {
        return workspaces;
    }

    /// Its prompt starts with its number.
    NewJob job(long number) {
        return job(number, workspaces.get((int) (number % workspaces.size())));
    }

    NewJob job(long number, UUID workspaceId) {
        var lane = lanes.get((int) (number / workspaces.size() % lanes.size()));
        var messages = Work.json(List.of(new Message("user", BenchText.of(number))));
        var content = Json.object().put("workspace", workspaceId.toString()).put("provider", BenchProviders.NAME)
                .put("keyScope", Providers.SERVER_KEY).put("model", lane.model());
        content.set("params", Json.object());
        content.set("messages", messages);
        return new NewJob(Ids.next(), workspaceId, NewJob.Kind.GENERATION, InputHash.of(content), lane.id(),
                Priority.NORMAL, null,
                BenchProviders.NAME, lane.model(), "{}", "{}", Json.text(messages), "{}", MAX_ATTEMPTS, null, null,
                INPUT_TOKENS, INPUT_COST, null, null);
    }
}
