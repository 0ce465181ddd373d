package dev.promptlab.cli;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import dev.promptlab.config.Secret;
import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.config.SettingsException;
import dev.promptlab.telemetry.Logs;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// The command line. Exit codes: 0 done, 1 failed, 2 wrong usage or settings.
public final class Commands {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    private Commands() {}

    public static int run(String[] args, Map<String, String> environment) {
        var root = CommandSpec.create().name("promptlab");
        root.usageMessage().description("Runs versioned prompts as durable jobs against LLM providers.");
        root.mixinStandardHelpOptions(true).version(version());
        root.addSubcommand("serve", command("Runs the API and the worker until it is stopped.",
                new ServeCommand(environment)));
        root.addSubcommand("demo", DemoCommand.spec(environment));
        root.addSubcommand("migrate", command("Brings the schema of the database up to date.",
                new MigrateCommand(environment)));
        root.addSubcommand("seed", command("Creates the sample templates that are not there yet.",
                new SeedCommand(environment)));
        root.addSubcommand("eval", EvalCommand.spec(environment));
        root.addSubcommand("admin", AdminCommand.spec(environment));
        return new CommandLine(root).setExecutionStrategy(Commands::execute)
                .setExecutionExceptionHandler((e, line, _) -> report(e, line)).execute(args);
    }

    /// What a command does with its flags.
    interface Action {
        int run(ParseResult flags) throws Exception;
    }

    static CommandSpec command(String description, Action action) {
        var spec = CommandSpec.wrapWithoutInspection(action);
        spec.usageMessage().description(description).sortOptions(false);
        spec.mixinStandardHelpOptions(true);
        SettingFlags.addTo(spec);
        return spec;
    }

    /// Settings from flags and environment, with logs set up as they say.
    static Settings settings(ParseResult flags, Map<String, String> environment) {
        return settings(SettingFlags.of(flags), environment);
    }

    static Settings settings(Map<Setting, String> flags, Map<String, String> environment) {
        var settings = Settings.load(flags, environment);
        Logs.configure(settings.logs().json(), settings.logs().level(), secrets(settings));
        var log = LoggerFactory.getLogger(Commands.class);
        settings.warnings().forEach(log::warn);
        return settings;
    }

    private static List<String> secrets(Settings settings) {
        var keys = settings.providers().endpoints().stream().map(Settings.Endpoint::apiKey);
        return Stream.concat(keys, Stream.ofNullable(settings.masterKey())).filter(Objects::nonNull)
                .map(Secret::value).toList();
    }

    private static int execute(ParseResult parsed) {
        var help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        var flags = parsed;
        while (flags.hasSubcommand()) {
            flags = flags.subcommand();
        }
        if (!(flags.commandSpec().userObject() instanceof Action action)) {
            var line = flags.commandSpec().commandLine();
            line.usage(line.getErr());
            return USAGE;
        }
        try {
            return action.run(flags);
        } catch (Exception e) {
            throw new CommandLine.ExecutionException(flags.commandSpec().commandLine(), String.valueOf(e.getMessage()),
                    e);
        }
    }

    private static int report(Exception e, CommandLine line) {
        var failure = e instanceof CommandLine.ExecutionException && e.getCause() != null ? e.getCause() : e;
        if (failure instanceof SettingsException settings) {
            settings.problems().forEach(problem -> line.getErr().println("promptlab: " + problem));
            return USAGE;
        }
        line.getErr().println("promptlab: " + failure.getMessage());
        LoggerFactory.getLogger(Commands.class).debug("details", failure);
        return FAILED;
    }

    private static String version() {
        var version = Commands.class.getPackage().getImplementationVersion();
        return "PromptLab " + (version == null ? "(development)" : version);
    }
}
