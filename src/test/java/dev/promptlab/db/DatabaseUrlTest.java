package dev.promptlab.db;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DatabaseUrlTest {
    @ParameterizedTest
    @CsvSource({
            "postgresql://app:pw@db.example.com:6543/promptlab, jdbc:postgresql://db.example.com:6543/promptlab",
            "postgres://app:pw@db/promptlab, jdbc:postgresql://db:5432/promptlab",
            "postgresql://app:pw@db/promptlab?sslmode=require, jdbc:postgresql://db:5432/promptlab?sslmode=require",
            "postgresql://app:pw@my_db:5432/promptlab, jdbc:postgresql://my_db:5432/promptlab",
            "postgresql://app:pw@[::1]:5433/promptlab, jdbc:postgresql://[::1]:5433/promptlab",
            "postgresql://app:pw@db/prompt%20lab, jdbc:postgresql://db:5432/prompt+lab",
    })
    void readsWhatHostersHandOut(String text, String jdbcUrl) {
        assertThat(DatabaseUrl.parse(text)).isEqualTo(new DatabaseUrl(jdbcUrl, "app", "pw"));
    }

    @Test
    void decodesUserAndPassword() {
        var url = DatabaseUrl.parse("postgresql://my%40app:p%3Aw%2F+%25@db/promptlab");
        assertThat(url.user()).isEqualTo("my@app");
        assertThat(url.password()).isEqualTo("p:w/+%");
    }

    @Test
    void aPasswordMayBeMissing() {
        assertThat(DatabaseUrl.parse("postgresql://app@db/promptlab").password()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
            "mysql://app:hunter2@db/promptlab, must look like",
            "app:hunter2@db/promptlab, must look like",
            "postgresql:///promptlab, must look like",
            "postgresql://app:hunter2#@db/promptlab, must look like",
            "postgresql://app:hunter2@db:port/promptlab, must look like",
            "postgresql://app:hunter2^@db/promptlab, percent-encode",
            "postgresql://app:hunter2@db, names no database",
            "postgresql://app:hunter2@db/, names no database",
            "postgresql://app:hunter2@db/a/b, names no database",
            "postgresql://db/promptlab, names no user",
    })
    void saysWhatIsWrongWithoutThePassword(String text, String expected) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text)).isInstanceOf(IllegalArgumentException.class).hasNoCause()
                .hasMessageContaining("DATABASE_URL").hasMessageContaining(expected)
                .message().doesNotContain("hunter2");
    }

    @Test
    void printsWithoutLoginAndParameters() {
        assertThat(DatabaseUrl.parse("postgresql://app:hunter2@db/promptlab?sslpassword=hunter2"))
                .hasToString("postgresql://db:5432/promptlab");
    }
}
