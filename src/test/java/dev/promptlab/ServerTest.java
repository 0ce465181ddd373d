package dev.promptlab;

import java.util.Map;

import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.config.SettingsException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ServerTest {
    @Test
    void settingsAreCheckedBeforeADatabaseIsOpened() {
        var settings = Settings.load(Map.of(Setting.DATABASE_URL, "postgresql://nobody:none@127.0.0.1:1/none",
                Setting.OPENAI_API_KEY, "a key with spaces"), Map.of());

        assertThatThrownBy(() -> Server.start(settings)).isInstanceOf(SettingsException.class)
                .hasMessageContaining("the API key of openai");
    }

    @Test
    void aDatabaseOfOnesOwnNeedsAMasterKey() {
        var settings = Settings.load(Map.of(Setting.DATABASE_URL, "postgresql://nobody:none@127.0.0.1:1/none"),
                Map.of());

        assertThatThrownBy(() -> Server.start(settings)).isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("PROMPTLAB_MASTER_KEY: is required with DATABASE_URL");
    }
}
