package dev.promptlab.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.gate.ExitCode;
import dev.promptlab.eval.gate.Verdict;
import dev.promptlab.eval.report.Progress;
import dev.promptlab.eval.report.Reports;
import dev.promptlab.eval.report.Terminal;
import dev.promptlab.eval.run.InvalidRunException;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/// `promptlab eval run FILE --server URL`: the server keeps the suite under the name of its file and runs it. What is shown and how it
/// ends are as without a server.
final class RemoteRun {
    private final EvalServer server;
    private final Terminal terminal;
    private final ParseResult flags;

    RemoteRun(EvalServer server, Terminal terminal, ParseResult flags) {
        this.server = server;
        this.terminal = terminal;
        this.flags = flags;
    }

    ExitCode run(Path file, List<Path> outputs) throws IOException, InterruptedException, InvalidRunException {
        var suiteId = upload(file);
        var asked = request();
        if (flags.hasMatchedOption("--dry-run")) {
            estimate(server.send("POST", "/evals/suites/" + suiteId + "/estimate", asked));
            return ExitCode.PASS;
        }
        var id = server.send("POST", "/evals/runs", asked.put("suiteId", suiteId)).path("id").asText();
        var run = follow(id);
        if (!run.path("summary").isObject()) {
            terminal.out().println(run.path("error").asText("the run has no result"));
            return run.path("status").asText().equals("cancelled") ? ExitCode.INTERRUPTED : ExitCode.INVALID;
        }
        terminal.out().write(server.bytes("/evals/runs/" + id + "/report?format=text&width=" + terminal.width()
                + "&colours=" + terminal.colours()));
        for (var output : outputs) {
            write(id, output);
        }
        return code(run);
    }

    /// @return the id of the suite
    private String upload(Path file) throws IOException, InterruptedException, InvalidRunException {
        var text = SuiteUpload.read(file);
        var key = text.path("name").asText();
        for (var suite : server.get("/evals/suites?limit=200&q=" + URLEncoder.encode(key, StandardCharsets.UTF_8))) {
            if (suite.path("key").asText().equals(key)) {
                return server.send("PUT", "/evals/suites/" + suite.path("id").asText(), text).path("id").asText();
            }
        }
        return server.send("POST", "/evals/suites", text.put("key", key)).path("id").asText();
    }

    private ObjectNode request() throws InvalidRunException {
        var json = Json.object().put("candidate", text("--candidate")).put("baseline", text("--baseline"))
                .put("filter", text("--filter")).put("cache", !flags.hasMatchedOption("--no-cache"))
                .put("repeats", flags.<Integer>matchedOptionValue("--repeat", null))
                .put("concurrency", flags.<Integer>matchedOptionValue("-j", null));
        var calls = text("--calls");
        var usd = text("--usd");
        if (calls != null || usd != null) {
            json.putObject("budget").put("calls", calls == null ? null : Long.valueOf(calls)).put("usd",
                    usd == null ? null : new BigDecimal(usd));
        }
        return json;
    }

    private @Nullable String text(String option) {
        return flags.matchedOptionValue(option, null);
    }

    private void estimate(JsonNode estimate) {
        terminal.out().println(estimate.path("cells").asLong() + " cells: " + estimate.path("calls").asLong()
                + " calls, " + estimate.path("cacheHits").asLong()
                + " from the cache or alike; judges and re-runs come on top");
        var most = estimate.path("mostUSD");
        terminal.out().println("about " + estimate.path("inputTokens").asLong() + " input tokens, " + (most.isNull()
                ? "cost unknown" : String.format(Locale.ROOT, "USD %.4f to %.4f", estimate.path("leastUSD").asDouble(),
                        most.asDouble())));
    }

    private JsonNode follow(String id) throws IOException, InterruptedException, InvalidRunException {
        var told = new AtomicBoolean();
        Interrupts.onEach(() -> cancel(id, told));
        var progress = new Progress(terminal);
        var started = Instant.now();
        while (true) {
            var run = server.get("/evals/runs/" + id + "?wait=500ms");
            progress.show(state(run.path("progress"), Duration.between(started, Instant.now())));
            if (!run.path("finishedAt").isNull()) {
                progress.end();
                return run;
            }
        }
    }

    private void cancel(String id, AtomicBoolean told) {
        if (told.getAndSet(true)) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
        }
        System.err.println("\nThe server stops the run; Ctrl-C again leaves it to the server.");
        Thread.ofVirtual().start(() -> {
            try {
                server.send("POST", "/evals/runs/" + id + "/cancel", Json.object());
            } catch (IOException | InterruptedException | InvalidRunException e) {
                System.err.println("promptlab: " + e.getMessage());
            }
        });
    }

    private static Progress.State state(JsonNode progress, Duration elapsed) {
        var usd = progress.path("spentUSD");
        var difference = progress.path("difference");
        return new Progress.State(progress.path("done").asLong(), progress.path("total").asLong(),
                progress.path("cacheHits").asLong(), progress.path("errors").asLong(),
                usd.isNull() ? null : (Double) usd.asDouble(),
                difference.isNull() ? null : (Double) difference.asDouble(), elapsed);
    }

    private void write(String id, Path output) throws IOException, InterruptedException, InvalidRunException {
        var form = Reports.of(output).orElseThrow();
        var parent = output.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.write(output, server.bytes("/evals/runs/" + id + "/report?format=" + form.word()));
    }

    private ExitCode code(JsonNode run) {
        var id = run.path("id").asText();
        return switch (run.path("status").asText()) {
            case "completed" -> {
                terminal.out().println("run " + id);
                var asked = text("--inconclusive");
                yield ExitCode.of(Verdict.valueOf(run.path("verdict").asText().toUpperCase(Locale.ROOT)),
                        asked == null ? run.path("inconclusiveFails").asBoolean() : asked.equals("fail"));
            }
            case "cancelled" -> {
                terminal.out().println("stopped; go on with POST /evals/runs/" + id + "/resume");
                yield ExitCode.INTERRUPTED;
            }
            default -> {
                terminal.out().println(run.path("error").asText() + "; go on with POST /evals/runs/" + id + "/resume");
                yield run.path("errorCode").asText().equals("budget_exceeded") ? ExitCode.BUDGET : ExitCode.ERRORS;
            }
        };
    }
}
