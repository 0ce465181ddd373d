package dev.promptlab.workspace.account;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// E-mail addresses as names of accounts: ASCII, and in lower case, so that two that look alike are the same.
final class Emails {
    static final int MAX_LENGTH = 254;

    private static final Pattern FORM = Pattern.compile(
            "[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

    private Emails() {}

    /// Empty when it is no address.
    static Optional<String> parse(String text) {
        var email = text.strip().toLowerCase(Locale.ROOT);
        return email.length() <= MAX_LENGTH && FORM.matcher(email).matches() ? Optional.of(email) : Optional.empty();
    }

    /// What to call somebody who gave no name: what stands before the `@`.
    static String name(String email) {
        return email.substring(0, email.indexOf('@'));
    }
}
