package dev.promptlab.cli;

import java.nio.file.Path;
import java.util.Map;

import dev.promptlab.BackupAdmin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `promptlab admin backup` and `restore`.
final class BackupCommands {
    private static final String KEY_FILE = "--key-file";

    private BackupCommands() {}

    static void addTo(CommandSpec admin, Map<String, String> environment) {
        admin.addSubcommand("backup", Commands.command(
                "Saves the database in a file, also while servers run: embedded by PostgreSQL's backup functions, another with pg_dump.",
                flags -> backup(flags, environment))
                .addPositional(EvalCommand.argument(0, "FILE", "the file to write; it must not exist")));
        admin.addSubcommand("restore", Commands.command(
                "Makes a database of a backup: in an empty data folder, or with DATABASE_URL in an empty database (pg_restore).",
                flags -> restore(flags, environment))
                .addPositional(EvalCommand.argument(0, "FILE", "the backup"))
                .addOption(OptionSpec.builder(KEY_FILE).type(String.class).paramLabel("FILE").description(
                        "file with the master key of the installation that was saved, to put into the data folder")
                        .build()));
    }

    private static int backup(ParseResult flags, Map<String, String> environment) {
        BackupAdmin.backup(Commands.settings(flags, environment), file(flags), System.out::println);
        return Commands.DONE;
    }

    private static int restore(ParseResult flags, Map<String, String> environment) {
        @Nullable
        String key = flags.matchedOptionValue(KEY_FILE, null);
        BackupAdmin.restore(Commands.settings(flags, environment), file(flags),
                key == null ? null : KeyCommands.read(Path.of(key)), System.out::println);
        return Commands.DONE;
    }

    private static Path file(ParseResult flags) {
        return Path.of(flags.matchedPositionalValue(0, "")).toAbsolutePath();
    }
}
