package dev.promptlab.cli;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.promptlab.Server;
import dev.promptlab.config.SettingsException;
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.audit.AuditProof;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `promptlab admin verify-audit`: recomputes the chains of the audit trail.
record VerifyAuditCommand(Map<String, String> environment) implements Commands.Action {
    private static final String WORKSPACE = "--workspace";

    static CommandSpec spec(Map<String, String> environment) {
        return Commands.command("Recomputes the chains of the audit trail; fails when an event is not what was sealed.",
                new VerifyAuditCommand(environment))
                .addOption(OptionSpec.builder(WORKSPACE).type(String.class).paramLabel("ID")
                        .description("only of this workspace").build());
    }

    @Override
    public int run(ParseResult flags) {
        var results = Server.verifyAudit(Commands.settings(flags, environment), workspace(flags));
        if (results.isEmpty()) {
            System.err.println("promptlab: there is no such workspace");
        }
        results.forEach(result -> System.out.println(line(result)));
        boolean holds = !results.isEmpty() && results.stream().allMatch(result -> result.broken().isEmpty());
        return holds ? Commands.DONE : Commands.FAILED;
    }

    private static @Nullable UUID workspace(ParseResult flags) {
        @Nullable
        String text = flags.matchedOptionValue(WORKSPACE, null);
        return text == null ? null : Uuids.parse(text).orElseThrow(
                () -> new SettingsException(
                        List.of(WORKSPACE + ": must be the id of a workspace, not \"" + text + "\"")));
    }

    private static String line(AuditProof.Result result) {
        var held = "workspace " + result.workspaceId() + ": " + result.events() + " events, head " + result.head();
        return result.broken().map(problem -> held + "; BROKEN: " + problem).orElse(held);
    }
}
