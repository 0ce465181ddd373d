package dev.promptlab.workspace.account;

import dev.promptlab.config.Secret;
import dev.promptlab.web.Fields;
import org.jspecify.annotations.Nullable;

/// A request to sign up, checked.
///
/// @param password normalised
/// @param setupToken null or the one that the first start has printed
/// @param invitation null or the one that an administrator of a workspace has sent
record NewUser(String email, Secret password, String name, @Nullable Secret setupToken, @Nullable String invitation) {
    static final int MAX_NAME = 100;

    private static final int MAX_TOKEN = 200;

    /// Reads the fields; [Fields#check] says what was wrong.
    static NewUser read(Fields fields) {
        var email = Credentials.email(fields);
        var password = Credentials.newPassword(fields, "password", email);
        var name = fields.text("name", MAX_NAME);
        var setupToken = fields.text("setupToken", MAX_TOKEN);
        var invitation = fields.text("invitation", MAX_TOKEN);
        if (setupToken != null && invitation != null) {
            fields.reject("invitation", "cannot be used together with setupToken");
        }
        return new NewUser(email, new Secret(password), name == null ? Emails.name(email) : name.strip(),
                setupToken == null ? null : new Secret(setupToken), invitation);
    }
}
