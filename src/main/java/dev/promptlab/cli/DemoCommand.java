package dev.promptlab.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.Server;
import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.template.Samples;
import dev.promptlab.web.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

import static java.util.Objects.requireNonNull;

/// `promptlab demo`: a server on a folder of its own, the sample templates run as jobs over its API, then what to try next.
record DemoCommand(Map<String, String> environment) implements Commands.Action {
    private static final String ONCE = "--once";
    private static final String PROVIDER = "--provider";
    private static final int SHOWN_OUTPUT = 280;

    static CommandSpec spec(Map<String, String> environment) {
        return Commands.command("Runs the sample templates as jobs and stays up as a server.",
                new DemoCommand(environment))
                .addOption(OptionSpec.builder(ONCE).type(boolean.class).description("stop after the jobs").build())
                .addOption(OptionSpec.builder(PROVIDER).type(String.class).paramLabel("NAME")
                        .description("call this provider instead of the mock one; it needs its key").build());
    }

    @Override
    public int run(ParseResult flags) throws IOException, InterruptedException {
        var server = Server.start(Commands.settings(demoFlags(SettingFlags.of(flags)), demoEnvironment()));
        ServeCommand.stopOnSignal(server);
        ServeCommand.print(server, System.out);
        var url = requireNonNull(server.url(), "the demo has the role api");
        var api = new LocalApi(url);
        boolean allCompleted = runSamples(api, flags.matchedOptionValue(PROVIDER, "mock"), System.out);
        if (flags.hasMatchedOption(ONCE)) {
            return allCompleted ? Commands.DONE : Commands.FAILED;
        }
        printNextSteps(url, System.out);
        System.out.println("PromptLab ready");
        server.awaitStop();
        return Commands.DONE;
    }

    /// The demo never touches data or services of anybody else.
    private Map<String, String> demoEnvironment() {
        var own = new HashMap<>(environment);
        List.of(Setting.DATABASE_URL, Setting.REDIS_URL, Setting.PROMPTLAB_ROLES)
                .forEach(setting -> own.remove(setting.name()));
        return own;
    }

    private Map<Setting, String> demoFlags(Map<Setting, String> given) {
        var flags = new EnumMap<Setting, String>(Setting.class);
        flags.putAll(given);
        List.of(Setting.DATABASE_URL, Setting.PROMPTLAB_ROLES).forEach(flags::remove);
        var folder = given.getOrDefault(Setting.PROMPTLAB_DATA_DIR,
                environment.getOrDefault(Setting.PROMPTLAB_DATA_DIR.name(), Setting.PROMPTLAB_DATA_DIR.defaultValue()));
        flags.put(Setting.PROMPTLAB_DATA_DIR, Path.of(folder, "demo").toString());
        var settings = Settings.load(flags, demoEnvironment());
        if (settings.port() != 0 && isTaken(settings.host(), settings.port())) {
            System.out.println("port " + settings.port() + " is busy, so the demo takes a free one");
            flags.put(Setting.PORT, "0");
        }
        return flags;
    }

    private static boolean isTaken(String host, int port) {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean runSamples(LocalApi api, String provider, PrintStream out)
            throws IOException, InterruptedException {
        var ids = new HashMap<String, String>();
        api.get("/templates?limit=200").forEach(t -> ids.put(t.get("key").textValue(), t.get("id").textValue()));
        out.println();
        out.println("Running the sample templates with the provider " + provider + ":");
        var runs = new ArrayList<Run>();
        for (var sample : Samples.all()) {
            var request = Json.object().put("templateId", ids.get(sample.key())).put("provider", provider);
            request.set("variables", sample.variables());
            if (provider.equals("mock")) {
                request.put("model", "lorem").putObject("params").put("latencyMs", 600).put("outputTokens", 60);
            }
            var answer = api.post("/generate", request);
            runs.add(new Run(sample.name(), answer.get("jobId").textValue(), answer.get("cached").booleanValue()));
        }
        boolean allCompleted = true;
        for (var run : runs) {
            allCompleted &= follow(api, run, out).get("status").textValue().equals("completed");
        }
        return allCompleted;
    }

    private record Run(String name, String jobId, boolean cached) {}

    /// Prints each change of status until the end, then the result.
    private static JsonNode follow(LocalApi api, Run run, PrintStream out) throws IOException, InterruptedException {
        out.println();
        out.println(run.name() + (run.cached() ? " (this input was answered before: the same job again)" : ""));
        var shown = "";
        while (true) {
            var job = api.get("/jobs/" + run.jobId() + "?wait=200ms");
            var status = job.get("status").textValue();
            if (!status.equals(shown)) {
                out.println("  " + status + (status.equals("running") ? " attempt " + job.get("attempts") : ""));
                shown = status;
            }
            if (!job.get("finishedAt").isNull()) {
                printResult(job, out);
                return job;
            }
        }
    }

    private static void printResult(JsonNode job, PrintStream out) {
        var text = job.get("output").isNull() ? job.get("error").asText() : job.get("output").asText();
        var line = text.replaceAll("\\s+", " ").strip();
        out.println("  " + (line.length() > SHOWN_OUTPUT ? line.substring(0, SHOWN_OUTPUT) + "…" : line));
        var cost = job.get("estimatedCostUSD");
        out.println("  " + job.get("inputTokens") + " input + " + job.get("outputTokens") + " output tokens, "
                + (cost.isNull() ? "cost unknown" : "USD " + cost.decimalValue().toPlainString()) + ", job "
                + job.get("id").textValue());
    }

    private static void printNextSteps(String url, PrintStream out) {
        out.println("""

                Try next, in another terminal:
                  curl -s %1$s/templates
                  curl -s %1$s/jobs
                  curl -s -X POST %1$s/generate -H 'Content-Type: application/json' \\
                       -d '{"provider":"mock","messages":[{"role":"user","content":"Hello"}]}'
                With a real provider: ANTHROPIC_API_KEY=... ./promptlab demo --provider anthropic
                Ctrl-C stops the server; ./promptlab serve starts one on your own data.
                """.formatted(url));
    }
}
