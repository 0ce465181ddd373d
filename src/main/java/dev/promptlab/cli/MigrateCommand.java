package dev.promptlab.cli;

import java.util.Map;

import dev.promptlab.Server;
import picocli.CommandLine.ParseResult;

/// `promptlab migrate`
record MigrateCommand(Map<String, String> environment) implements Commands.Action {
    @Override
    public int run(ParseResult flags) {
        System.out.println("schema is at version " + Server.migrate(Commands.settings(flags, environment)));
        return Commands.DONE;
    }
}
