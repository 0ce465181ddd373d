package dev.promptlab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

import dev.promptlab.KeyAdmin;
import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings;
import dev.promptlab.config.SettingsException;
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Role;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `promptlab admin rotate-master-key`, `create-key`, `allow-server-keys` and `set-limit`. They work while servers run.
final class KeyCommands {
    private static final String NEW_KEY_FILE = "--new-key-file";
    private static final String FINISH = "--finish";
    private static final String WORKSPACE = "--workspace";
    private static final String NAME = "--name";
    private static final String ROLE = "--role";
    private static final String DENY = "--deny";
    private static final String WRITES = "--writes";
    private static final String READS = "--reads";

    private KeyCommands() {}

    static void addTo(CommandSpec admin, Map<String, String> environment) {
        admin.addSubcommand("rotate-master-key", Commands.command(
                "Changes the master key without a stop: first with --new-key-file, then, when every process was restarted with the new key, with --finish.",
                flags -> rotate(flags, environment))
                .addOption(value(NEW_KEY_FILE, "FILE", "file with the new master key: 32 bytes in base64"))
                .addOption(flag(FINISH, "forget the old master key")));
        admin.addSubcommand("create-key", Commands.command(
                "Makes an API key that belongs to nobody and prints it, this once.",
                flags -> createKey(flags, environment))
                .addOption(value(WORKSPACE, "ID", "the workspace (default: the default workspace)"))
                .addOption(value(NAME, "NAME", "what the key is for (default: operator)"))
                .addOption(value(ROLE, "ROLE",
                        "whose permissions it gets: owner, admin, member or viewer (default: admin)")));
        admin.addSubcommand("allow-server-keys", Commands.command(
                "Lets a workspace use the provider keys of the server's settings.",
                flags -> allowServerKeys(flags, environment))
                .addOption(value(WORKSPACE, "ID", "the workspace"))
                .addOption(flag(DENY, "from now on it may not")));
        admin.addSubcommand("set-limit", Commands.command(
                "Sets how many requests each caller of a workspace may make, instead of what the settings of the server say.",
                flags -> setLimit(flags, environment))
                .addOption(value(WORKSPACE, "ID", "the workspace"))
                .addOption(value(WRITES, "LIMIT", "requests that change something: 200/1m, off or default"))
                .addOption(value(READS, "LIMIT", "requests that read: 5000/1m, off or default")));
    }

    private static OptionSpec value(String name, String label, String description) {
        return OptionSpec.builder(name).type(String.class).paramLabel(label).description(description).build();
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
    }

    private static int rotate(ParseResult flags, Map<String, String> environment) {
        var file = flags.<String>matchedOptionValue(NEW_KEY_FILE, null);
        boolean finish = flags.hasMatchedOption(FINISH);
        if (finish == (file != null)) {
            throw wrong("give either " + NEW_KEY_FILE + " or " + FINISH);
        }
        var settings = Commands.settings(flags, environment);
        if (finish) {
            KeyAdmin.finishRotation(settings, System.out::println);
        } else {
            KeyAdmin.rotateMasterKey(settings, read(Path.of(file)), System.out::println);
        }
        return Commands.DONE;
    }

    static Secret read(Path file) {
        try {
            var text = Files.readString(file).strip();
            if (!text.matches("[A-Za-z0-9+/]{43}=")) {
                throw wrong(file + " does not hold 32 bytes in base64, such as openssl rand -base64 32 makes");
            }
            return new Secret(text);
        } catch (IOException e) {
            throw wrong(file + " cannot be read: " + e.getMessage());
        }
    }

    private static int createKey(ParseResult flags, Map<String, String> environment) {
        var workspace = workspace(flags).orElse(Caller.DEFAULT_WORKSPACE);
        var role = Role.BY_CODE.get(flags.matchedOptionValue(ROLE, "admin"));
        if (role == null) {
            throw wrong(ROLE + " must be one of " + String.join(", ", Role.BY_CODE.keySet()));
        }
        var settings = Commands.settings(flags, environment);
        System.out.println(KeyAdmin.createKey(settings, workspace, flags.matchedOptionValue(NAME, "operator"), role)
                .value());
        return Commands.DONE;
    }

    private static int allowServerKeys(ParseResult flags, Map<String, String> environment) {
        var workspace = workspace(flags).orElseThrow(() -> wrong(WORKSPACE + " is required"));
        boolean allowed = !flags.hasMatchedOption(DENY);
        if (!KeyAdmin.allowServerKeys(Commands.settings(flags, environment), workspace, allowed)) {
            throw wrong("there is no workspace " + workspace);
        }
        System.out.println(
                "workspace " + workspace + (allowed ? " may" : " may not") + " use the server's provider keys");
        return Commands.DONE;
    }

    private static int setLimit(ParseResult flags, Map<String, String> environment) {
        var workspace = workspace(flags).orElseThrow(() -> wrong(WORKSPACE + " is required"));
        var given = Stream.of(WRITES, READS).filter(flags::hasMatchedOption).toList();
        if (given.isEmpty()) {
            throw wrong("give " + WRITES + ", " + READS + " or both");
        }
        var settings = Commands.settings(flags, environment);
        given.forEach(flag -> setLimit(settings, workspace, flag, flags.matchedOptionValue(flag, "")));
        return Commands.DONE;
    }

    private static void setLimit(Settings settings, UUID workspace, String flag, String limit) {
        var routes = flag.substring(2);
        try {
            if (!KeyAdmin.setLimit(settings, workspace, routes, limit)) {
                throw wrong("there is no workspace " + workspace);
            }
        } catch (IllegalArgumentException e) {
            throw wrong(flag + " " + e.getMessage());
        }
        System.out.println("workspace " + workspace + ": " + routes + " " + limit);
    }

    private static Optional<UUID> workspace(ParseResult flags) {
        var text = flags.<String>matchedOptionValue(WORKSPACE, null);
        return Optional.ofNullable(text).map(
                id -> Uuids.parse(id)
                        .orElseThrow(() -> wrong(WORKSPACE + " must be the id of a workspace, not " + id)));
    }

    private static SettingsException wrong(String message) {
        return new SettingsException(List.of(message));
    }
}
