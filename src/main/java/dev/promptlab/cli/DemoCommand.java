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
import dev.promptlab.provider.Providers;
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
        boolean allCompleted = runSamples(api, flags.matchedOptionValue(PROVIDER, Providers.MOCK), System.out);
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
        List.of(Setting.DATABASE_URL, Setting.REDIS_URL, Setting.PROMPTLAB_ROLES, Setting.PROMPTLAB_MASTER_KEY,
                Setting.PROMPTLAB_MASTER_KEY_FILE)
                .forEach(setting -> own.remove(setting.name()));
        return own;
    }

    private Map<Setting, String> demoFlags(Map<Setting, String> given) {
        var flags = new EnumMap<Setting, String>(Setting.class);
        flags.putAll(given);
        List.of(Setting.DATABASE_URL, Setting.PROMPTLAB_ROLES, Setting.PROMPTLAB_MASTER_KEY,
                Setting.PROMPTLAB_MASTER_KEY_FILE).forEach(flags::remove);
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

    /// @return whether every job completed
    private static boolean runSamples(LocalApi api, String provider, PrintStream out)
            throws IOException, InterruptedException {
        out.println("\nRunning the sample templates as jobs with the provider " + provider + ":");
        var runs = submitSamples(api, provider);
        while (!runs.stream().allMatch(Run::ended)) {
            for (var run : runs) {
                run.look(api, out);
            }
        }
        runs.forEach(run -> run.printResult(out));
        return runs.stream().allMatch(run -> run.status().equals("completed"));
    }

    private static List<Run> submitSamples(LocalApi api, String provider) throws IOException, InterruptedException {
        var ids = new HashMap<String, String>();
        api.get("/templates?limit=200").forEach(t -> ids.put(t.get("key").textValue(), t.get("id").textValue()));
        var runs = new ArrayList<Run>();
        for (var sample : Samples.all()) {
            var request = Json.object().put("templateId", ids.get(sample.key())).put("provider", provider);
            request.set("variables", sample.variables());
            if (provider.equals(Providers.MOCK)) {
                request.put("model", "lorem").putObject("params").put("latencyMs", 600).put("outputTokens", 60);
            }
            var answer = api.post("/generate", request);
            runs.add(new Run(sample.name(), answer.get("jobId").textValue(), answer.get("cached").booleanValue()));
        }
        return runs;
    }

    /// A job of the demo, as far as it was seen.
    private static final class Run {
        private final String name;
        private final String jobId;
        private final boolean cached;
        private JsonNode job = Json.object();

        Run(String name, String jobId, boolean cached) {
            this.name = name;
            this.jobId = jobId;
            this.cached = cached;
        }

        String status() {
            return job.path("status").asText();
        }

        boolean ended() {
            return job.hasNonNull("finishedAt");
        }

        /// Prints the status if it has changed.
        void look(LocalApi api, PrintStream out) throws IOException, InterruptedException {
            var before = status();
            job = api.get("/jobs/" + jobId + (ended() ? "" : "?wait=100ms"));
            if (!status().equals(before)) {
                out.printf("  %-18s %s%s%n", name, status(), cached ? " before: the same input is the same job" : "");
            }
        }

        void printResult(PrintStream out) {
            var text = job.get("output").isNull() ? job.get("error").asText() : job.get("output").asText();
            var line = text.replaceAll("\\s+", " ").strip();
            var cost = job.get("estimatedCostUSD");
            out.println();
            out.println(
                    name + ": " + job.get("inputTokens") + " input + " + job.get("outputTokens") + " output tokens, "
                            + (cost.isNull() ? "cost unknown" : "USD " + cost.decimalValue().toPlainString()) + ", job "
                            + jobId);
            out.println("  " + (line.length() > SHOWN_OUTPUT ? line.substring(0, SHOWN_OUTPUT) + "…" : line));
        }
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
