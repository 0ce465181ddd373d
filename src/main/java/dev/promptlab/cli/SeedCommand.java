package dev.promptlab.cli;

import java.util.Map;

import dev.promptlab.Server;
import picocli.CommandLine.ParseResult;

/// `promptlab seed`
record SeedCommand(Map<String, String> environment) implements Commands.Action {
    @Override
    public int run(ParseResult flags) {
        var created = Server.seed(Commands.settings(flags, environment));
        created.forEach(name -> System.out.println("created: " + name));
        System.out.println(
                created.isEmpty() ? "nothing to do: all samples are there" : created.size() + " templates created");
        return Commands.DONE;
    }
}
