package dev.promptlab.workspace.account;

import java.util.Locale;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class EmailsTest {
    @ParameterizedTest
    @ValueSource(strings = {"ada@example.com", "Ada.Lovelace+lab@Example.COM", "a@b", "o'neil@mail.example.co.uk",
            " ada@example.com "})
    void takesAddressesInLowerCase(String text) {
        assertThat(Emails.parse(text)).hasValue(text.strip().toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ada", "@example.com", "ada@", "ada@-example.com", "ada@exa mple.com",
            "ada@example..com",
            "a@b@c", "ada\n@example.com", "ada@example.com\nbcc: x@y", "Adа@example.com", "ada@ex_ample.com",
            "<ada@example.com>"})
    void refusesWhatIsNone(String text) {
        assertThat(Emails.parse(text)).isEmpty();
    }
}
