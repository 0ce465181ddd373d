package dev.promptlab.config;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SettingTest {
    @Test
    void flagAndFileKeyFollowFromTheName() {
        assertThat(Setting.PROMPTLAB_WORKER_CONCURRENCY.flag()).isEqualTo("--worker-concurrency");
        assertThat(Setting.PROMPTLAB_WORKER_CONCURRENCY.yamlKey()).isEqualTo("workerConcurrency");
        assertThat(Setting.DATABASE_URL.flag()).isEqualTo("--database-url");
        assertThat(Setting.DATABASE_URL.yamlKey()).isEqualTo("databaseUrl");
        assertThat(Setting.PORT.flag()).isEqualTo("--port");
    }

    @Test
    void noTwoSettingsShareAKey() {
        assertThat(Setting.values()).extracting(Setting::yamlKey).doesNotHaveDuplicates();
    }
}
