package dev.promptlab.eval.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.eval.assertion.AssertionSpec;
import dev.promptlab.eval.assertion.AssertionType;
import dev.promptlab.eval.report.Progress;
import dev.promptlab.eval.report.Reports;
import dev.promptlab.eval.report.RunReport;
import dev.promptlab.eval.report.Terminal;
import dev.promptlab.eval.suite.Arm;
import dev.promptlab.eval.suite.Case;
import dev.promptlab.eval.suite.CaseOptions;
import dev.promptlab.eval.suite.Prompt;
import dev.promptlab.eval.suite.Settings;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.provider.CallOptions;
import dev.promptlab.provider.CallSize;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.EmbeddingReply;
import dev.promptlab.provider.EmbeddingRequest;
import dev.promptlab.provider.Offer;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.Provider;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Providers;
import dev.promptlab.provider.Usage;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A suite in memory, a provider that answers by a script, and runs of the one on the other.
final class TestRun {
    private static final CaseOptions PLAIN = new CaseOptions("", "", null, null, null, null, null, Json.object());

    private final Path folder;
    final ConcurrentLinkedQueue<ChatRequest> seen = new ConcurrentLinkedQueue<>();
    private final Script script;

    /// What the provider answers.
    interface Script {
        ProviderReply answer(ChatRequest request, CallOptions options) throws InterruptedException;
    }

    TestRun(Path folder, Script script) {
        this.folder = folder;
        this.script = script;
    }

    static ProviderReply says(String text) {
        return new ProviderReply.Answer(text, "stop", Usage.of(3, 5), null, null);
    }

    static String prompt(ChatRequest request) {
        return request.messages().getLast().content();
    }

    RunFolder runFolder() {
        return new RunFolder(folder);
    }

    Path file(RunSpec spec, String name) {
        return runFolder().file(spec.runId(), name);
    }

    /// Cases `n = 0, 1, ...` on the prompts; each asks that the answer contains `ok`.
    static Suite suite(int cases, String... prompts) {
        return suite(cases, Json.object(), PLAIN, false, prompts);
    }

    static Suite suite(int cases, ObjectNode gate, CaseOptions options, boolean serial, String... prompts) {
        var arms = new ArrayList<Arm>();
        for (var prompt : prompts) {
            var label = "prompt " + (arms.size() + 1);
            arms.add(new Arm("mock / " + label, new Prompt(label, prompt, null), "mock", "mock", "m", Json.object()));
        }
        var list = IntStream.range(0, cases).mapToObj(i -> new Case("case-" + i, "", Json.object().put("n", i),
                List.of(AssertionSpec.of(AssertionType.CONTAINS, TextNode.valueOf("ok"))), null, options,
                Json.object(), arms, 1, List.of(), null, false, "s.yaml:1:1")).toList();
        return new Suite("s", "", Path.of("s.yaml"), arms, list, settings(gate), List.of(), serial, List.of(),
                Json.object());
    }

    private static Settings settings(ObjectNode gate) {
        return new Settings(null, null, null, gate, 1, null, List.of(), null, null, null, 1, true);
    }

    RunSpec spec(@Nullable String baseline, @Nullable Long calls, int concurrency) {
        return new RunSpec(RunFolder.newId(Instant.now()), Instant.EPOCH, "s.yaml", null, baseline, null, null, calls,
                null, concurrency, false);
    }

    RunReport run(Suite suite, RunSpec spec) throws Exception {
        return run(suite, spec, new Stop(), _ -> {});
    }

    /// @param with the report, while its rows can still be read
    RunReport run(Suite suite, RunSpec spec, Stop stop, Consumer<RunReport> with) throws Exception {
        var environment = new EvalRun.Environment(offer(), PriceTable.load(), Duration.ofSeconds(5), 3,
                List.of(Duration.ZERO), Clock.systemUTC());
        try (var run = EvalRun.open(suite, spec, runFolder(), environment, stop)) {
            var report = run.run(new Progress(new Terminal(
                    new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false, false, 80)));
            with.accept(report);
            return report;
        }
    }

    /// The report as JSON, without what may differ between runs of the same answers.
    JsonNode json(Suite suite, RunSpec spec) throws Exception {
        var file = folder.resolve("out.json");
        run(suite, spec, new Stop(), report -> {
            try {
                Reports.JSON.write(report, file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        var json = (ObjectNode) Json.read(Files.readAllBytes(file));
        json.without(List.of("execution", "runId"));
        json.path("rows").forEach(row -> ((ObjectNode) row).remove("execution"));
        return json;
    }

    private Offer offer() {
        var endpoint = new Providers.Endpoint("mock", new Scripted(), "mock", "server", "m", PriceTable.MOCK, Set.of());
        return new Offer() {
            @Override
            public Optional<Providers.Endpoint> find(String name) {
                return name.equals("mock") ? Optional.of(endpoint) : Optional.empty();
            }

            @Override
            public List<String> configured() {
                return List.of("mock");
            }

            @Override
            public List<String> known() {
                return List.of("mock");
            }

            @Override
            public Optional<String> defaultProvider() {
                return Optional.empty();
            }
        };
    }

    private final class Scripted implements Provider {
        @Override
        public ProviderReply generate(ChatRequest request, CallOptions options) throws InterruptedException {
            seen.add(request);
            return script.answer(request, options);
        }

        @Override
        public ProviderReply stream(ChatRequest request, CallOptions options, Consumer<String> delta) {
            throw new UnsupportedOperationException("runs do not stream");
        }

        @Override
        public OptionalLong outputBound(CallSize call) {
            return OptionalLong.empty();
        }

        @Override
        public EmbeddingReply embed(EmbeddingRequest request, CallOptions options) {
            throw new UnsupportedOperationException("nothing is embedded here");
        }
    }
}
