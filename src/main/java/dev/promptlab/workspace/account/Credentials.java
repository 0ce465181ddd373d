package dev.promptlab.workspace.account;

import dev.promptlab.config.Secret;
import dev.promptlab.web.Fields;

/// What somebody signs in with.
///
/// @param email in lower case
/// @param password normalised
record Credentials(String email, Secret password) {
    /// So that reading can go on to find what else is wrong.
    private static final String WRONG_EMAIL = "wrong@invalid";

    /// Reads the fields; [Fields#check] says what was wrong.
    static Credentials read(Fields fields) {
        return new Credentials(email(fields), password(fields, "password"));
    }

    static String email(Fields fields) {
        var given = fields.requiredText("email", Emails.MAX_LENGTH);
        if (given.isEmpty()) {
            return WRONG_EMAIL;
        }
        return Emails.parse(given).orElseGet(() -> {
            fields.reject("email", "must be an e-mail address such as ada@example.com");
            return WRONG_EMAIL;
        });
    }

    /// One that exists, whatever the rules were when it was made.
    static Secret password(Fields fields, String name) {
        return new Secret(PasswordPolicy.normalise(fields.requiredText(name, PasswordPolicy.MAX_LENGTH)));
    }

    /// One to be set.
    static String newPassword(Fields fields, String name, String email) {
        var password = password(fields, name).value();
        if (!password.isEmpty()) {
            PasswordPolicy.problem(password, email).ifPresent(problem -> fields.reject(name, problem));
        }
        return password;
    }
}
