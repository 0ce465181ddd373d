package dev.promptlab.telemetry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;

class LogsTest {
    private static final LoggerContext CONTEXT = new LoggerContext();

    @ParameterizedTest
    @FieldSource("dev.promptlab.testing.HostileStrings#ALL")
    void oneTextLineStaysOneLineOfPrintableText(String hostile) {
        var text = encode(Logs.text(CONTEXT), "job {} failed", hostile, null);
        assertThat(text.lines()).hasSize(1);
        assertThat(text.strip()).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  Problem: job .* failed");
        assertIsPrintable(text);
    }

    @ParameterizedTest
    @FieldSource("dev.promptlab.testing.HostileStrings#ALL")
    void noExceptionForgesALine(String hostile) {
        var cause = new IOException(hostile + "\n12:00:00.000 ERROR Problem: forged\r\tat forged");
        var text = encode(Logs.text(CONTEXT), "job {} failed", hostile, new IllegalStateException(hostile, cause));
        var lines = new ArrayList<>(text.lines().toList());
        assertThat(lines.removeFirst()).contains(" WARN  Problem: job ");
        assertThat(lines.removeFirst()).startsWith("java.io.IOException: ");
        assertThat(lines).isNotEmpty().allSatisfy(line -> assertThat(line).matches("(\\t|  ).*|"));
        assertIsPrintable(text.replace("\n", "").replace("\t", ""));
    }

    @ParameterizedTest
    @FieldSource("dev.promptlab.testing.HostileStrings#ALL")
    void oneJsonLineStaysOneLineOfPrintableTextAndKeepsTheMessage(String hostile) throws IOException {
        var line = encode(Logs.json(CONTEXT), "job {} failed", hostile, new IllegalStateException(hostile));
        assertThat(line.lines()).hasSize(1);
        assertIsPrintable(line);
        var event = Json.read(line.getBytes(StandardCharsets.UTF_8));
        assertThat(event.get("formattedMessage").textValue()).isEqualTo("job " + hostile + " failed");
        assertThat(event.at("/throwable/message").textValue()).isEqualTo(hostile);
    }

    @Test
    void proseIsLeftAlone() {
        assertThat(encode(Logs.text(CONTEXT), "naïve 漢字 {}", "\ud83d\ude00 \"quoted\" back\\slash\ttab", null))
                .contains("naïve 漢字 \ud83d\ude00 \"quoted\" back\\slash\ttab");
    }

    private static void assertIsPrintable(String text) {
        assertThat(text.strip().codePoints().filter(c -> c != '\t' && switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        })).as(text).isEmpty();
    }

    private static String encode(Encoder<ILoggingEvent> encoder, String message, String argument,
            @Nullable Throwable thrown) {
        var event = new LoggingEvent("", CONTEXT.getLogger("Problem"), Level.WARN, message, thrown,
                new Object[]{argument});
        event.setMDCPropertyMap(Map.of());
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }
}
