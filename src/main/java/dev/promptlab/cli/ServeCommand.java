package dev.promptlab.cli;

import java.io.PrintStream;
import java.util.Map;

import dev.promptlab.Server;
import picocli.CommandLine.ParseResult;

/// `promptlab serve`
record ServeCommand(Map<String, String> environment) implements Commands.Action {
    @Override
    public int run(ParseResult flags) throws InterruptedException {
        var server = Server.start(Commands.settings(flags, environment));
        stopOnSignal(server);
        print(server, System.out);
        System.out.println("PromptLab ready");
        server.awaitStop();
        return Commands.DONE;
    }

    /// SIGTERM and SIGINT end the process in an orderly way.
    static void stopOnSignal(Server server) {
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
    }

    static void print(Server server, PrintStream out) {
        var url = server.url();
        if (url != null) {
            out.println("PromptLab at " + url + " (API documentation: " + url + "/api-docs)");
        }
        server.facts().forEach(out::println);
    }
}
