package dev.promptlab.workspace.account;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PasswordPolicyTest {
    private static final String EMAIL = "ada.lovelace@example.com";

    @ParameterizedTest
    @ValueSource(strings = {"ten chars!", "aller Anfang ist schwer", "🙂🙃😀😃😄😁😆😅🤣😂"})
    void takesWhatIsLongEnough(String password) {
        assertThat(PasswordPolicy.problem(password, EMAIL)).isEmpty();
    }

    @Test
    void countsCharactersAsPeopleDo() {
        assertThat(PasswordPolicy.problem("nine char", EMAIL)).hasValue("must have 10 to 200 characters, has 9");
        assertThat(PasswordPolicy.problem("🙂🙃😀😃😄😁😆😅🤣", EMAIL))
                .hasValue("must have 10 to 200 characters, has 9");
        assertThat(PasswordPolicy.problem("abcde".repeat(40), EMAIL)).isEmpty();
        assertThat(PasswordPolicy.problem("abcde".repeat(40) + "f", EMAIL)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"password123", "PassWord123", "1234567890", "qwertyuiop", "aaaaaaaaaaaa", "ababababab"})
    void refusesWhatIsGuessedFirst(String password) {
        assertThat(PasswordPolicy.problem(password, EMAIL)).hasValueSatisfying(
                problem -> assertThat(problem).startsWith("is one that is guessed first"));
    }

    @Test
    void refusesTheAddress() {
        assertThat(PasswordPolicy.problem("Ada.Lovelace@Example.com", EMAIL))
                .hasValue("must not be the e-mail address");
    }

    @Test
    void aPasswordHasOneFormHoweverItWasTyped() {
        assertThat(PasswordPolicy.normalise("Straßencafé")).isEqualTo(PasswordPolicy.normalise("Straßencafe\u0301"));
        assertThat(PasswordPolicy.normalise("ｐａｓｓ")).isEqualTo("pass");
    }
}
