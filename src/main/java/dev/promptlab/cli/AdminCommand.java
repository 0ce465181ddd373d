package dev.promptlab.cli;

import java.util.Map;

import picocli.CommandLine.Model.CommandSpec;

/// `promptlab admin ...`: what the operator of an installation does without signing in.
final class AdminCommand {
    private AdminCommand() {}

    static CommandSpec spec(Map<String, String> environment) {
        var admin = CommandSpec.create();
        admin.usageMessage().description("Administers the installation, also while servers run.");
        admin.mixinStandardHelpOptions(true);
        AccountCommands.addTo(admin, environment);
        KeyCommands.addTo(admin, environment);
        BackupCommands.addTo(admin, environment);
        admin.addSubcommand("verify-audit", VerifyAuditCommand.spec(environment));
        return admin;
    }
}
