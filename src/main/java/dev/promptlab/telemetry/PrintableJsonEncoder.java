package dev.promptlab.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;

/// Escapes what JSON lets pass and a terminal or a reader of lines may act on: DEL, the second range of control characters,
/// format characters such as the ones that turn the direction of text, and Unicode's ends of lines.
final class PrintableJsonEncoder extends JsonEncoder {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\x7f-\\x9f\\p{Cf}\\p{Zl}\\p{Zp}]");

    @Override
    public byte[] encode(ILoggingEvent event) {
        var line = new String(super.encode(event), StandardCharsets.UTF_8);
        return UNPRINTABLE.matcher(line).replaceAll(PrintableJsonEncoder::escape).getBytes(StandardCharsets.UTF_8);
    }

    private static String escape(MatchResult match) {
        return match.group().chars().mapToObj(c -> "\\\\u%04x".formatted(c)).collect(Collectors.joining());
    }
}
