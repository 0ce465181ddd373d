package dev.promptlab.workspace.account;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which passwords are taken: long enough, and none that everybody tries first. No rules about kinds of characters; they make
/// people choose worse ones (NIST SP 800-63B).
final class PasswordPolicy {
    static final int MIN_LENGTH = 10;
    static final int MAX_LENGTH = 200;

    private static final int MIN_DIFFERENT = 4;

    /// Only those that pass the other rules.
    private static final Set<String> COMMON = Set.of("password12", "password123", "password1234", "passw0rd123",
            "p@ssw0rd123", "p@ssword123", "password!1", "passwordpassword", "mypassword1", "changeme123",
            "changeme1234",
            "letmein123", "letmein1234", "welcome123", "welcome1234", "admin12345", "admin123456", "administrator",
            "administrator1", "superuser1", "qwertyuiop", "qwertyuiop1", "qwerty1234", "qwerty12345", "qwerty123456",
            "qwertyuiop123", "asdfghjkl1", "asdfghjkl;", "asdfghjkl123", "zxcvbnm123", "1q2w3e4r5t", "1q2w3e4r5t6y",
            "1qaz2wsx3edc", "q1w2e3r4t5", "qazwsxedcrfv", "1234567890", "12345678910", "123456789a", "123456789q",
            "1234567891", "0123456789", "0987654321", "9876543210", "1234512345", "123456123456", "123123123a",
            "abcdefghij", "abcdefghijk", "abcd123456", "abc1234567", "abc123abc123", "a123456789", "a1234567890",
            "iloveyou12", "iloveyou123", "iloveyou1234", "sunshine123", "princess123", "football123", "baseball123",
            "superman123", "dragon12345", "monkey12345", "starwars123", "trustno1trustno1", "computer123",
            "internet123", "secret1234", "secret12345", "default123", "test123456", "testtest123", "temp123456",
            "promptlab1", "promptlab12", "promptlab123", "correcthorsebatterystaple");

    private PasswordPolicy() {}

    /// However it was typed, the same password has the same bytes.
    static String normalise(String password) {
        return Normalizer.normalize(password, Form.NFKC);
    }

    /// What is wrong with it, to follow the name of the field; empty when it may be used.
    ///
    /// @param password normalised
    static Optional<String> problem(String password, String email) {
        long length = password.codePoints().count();
        if (length < MIN_LENGTH || length > MAX_LENGTH) {
            return Optional.of("must have " + MIN_LENGTH + " to " + MAX_LENGTH + " characters, has " + length);
        }
        var folded = password.toLowerCase(Locale.ROOT);
        if (folded.strip().equals(email)) {
            return Optional.of("must not be the e-mail address");
        }
        if (COMMON.contains(folded) || password.codePoints().distinct().count() < MIN_DIFFERENT) {
            return Optional.of("is one that is guessed first; take another");
        }
        return Optional.empty();
    }
}
