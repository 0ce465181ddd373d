package dev.promptlab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.promptlab.PeopleAdmin;
import dev.promptlab.config.Secret;
import dev.promptlab.config.SettingsException;
import dev.promptlab.workspace.account.AccountAdmin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `promptlab admin create-user`, `adopt`, `setup-token` and `rotate-signing-key`. They work while servers run.
final class AccountCommands {
    private static final String EMAIL = "--email";
    private static final String NAME = "--name";
    private static final String PASSWORD_FILE = "--password-file";

    private AccountCommands() {}

    static void addTo(CommandSpec admin, Map<String, String> environment) {
        admin.addSubcommand("create-user", Commands.command(
                "Makes an account; prints a random password, this once, unless a file holds one.",
                flags -> createUser(flags, environment))
                .addOption(option(EMAIL, "EMAIL", "address to sign in with").required(true).build())
                .addOption(option(NAME, "NAME", "as others see the user (default: the address)").build())
                .addOption(option(PASSWORD_FILE, "FILE", "file with the password").build()));
        admin.addSubcommand("adopt", Commands.command(
                "Makes a user an owner of the default workspace, where everything is that was made without login.",
                flags -> adopt(flags, environment))
                .addOption(option(EMAIL, "EMAIL", "of the account").required(true).build()));
        admin.addSubcommand("setup-token", Commands.command(
                "Prints a new token that makes whoever registers with it the owner of the default workspace.",
                flags -> setupToken(flags, environment)));
        admin.addSubcommand("rotate-signing-key", Commands.command(
                "Makes the next key for access tokens; nobody has to sign in again.",
                flags -> rotateSigningKey(flags, environment)));
    }

    private static OptionSpec.Builder option(String name, String label, String description) {
        return OptionSpec.builder(name).type(String.class).paramLabel(label).description(description);
    }

    private static int createUser(ParseResult flags, Map<String, String> environment) {
        var email = flags.<String>matchedOptionValue(EMAIL, "");
        var name = flags.matchedOptionValue(NAME, email);
        var file = flags.<String>matchedOptionValue(PASSWORD_FILE, null);
        var password = file == null ? AccountAdmin.randomPassword() : read(Path.of(file));
        PeopleAdmin.run(Commands.settings(flags, environment), accounts -> {
            accounts.createUser(email, name, password);
            return true;
        });
        System.out.println("account made: " + email);
        if (file == null) {
            System.out.println("password (change it after the first sign-in): " + password.value());
        }
        return Commands.DONE;
    }

    private static Secret read(Path file) {
        try {
            return new Secret(Files.readString(file).strip());
        } catch (IOException e) {
            throw new SettingsException(List.of(PASSWORD_FILE + ": " + file + " cannot be read: " + e.getMessage()));
        }
    }

    private static int adopt(ParseResult flags, Map<String, String> environment) {
        var email = flags.<String>matchedOptionValue(EMAIL, "");
        PeopleAdmin.run(Commands.settings(flags, environment), accounts -> {
            accounts.adopt(email);
            return true;
        });
        System.out.println(email + " owns the default workspace");
        return Commands.DONE;
    }

    private static int setupToken(ParseResult flags, Map<String, String> environment) {
        var token = PeopleAdmin.run(Commands.settings(flags, environment), AccountAdmin::setupToken);
        if (token.isEmpty()) {
            System.err.println("promptlab: the default workspace has an owner already");
            return Commands.FAILED;
        }
        System.out.println(token.get().value());
        return Commands.DONE;
    }

    private static int rotateSigningKey(ParseResult flags, Map<String, String> environment) {
        var id = PeopleAdmin.run(Commands.settings(flags, environment), AccountAdmin::rotateSigningKey);
        System.out.println("signing key " + id + " is published, and signs in ten minutes");
        return Commands.DONE;
    }
}
