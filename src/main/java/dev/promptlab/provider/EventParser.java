package dev.promptlab.provider;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Reads `text/event-stream` (WHATWG HTML, section 9.2) from pieces that may end anywhere, also inside a character or a line
/// end. Lines end with LF, CRLF or CR; comments, `id` and `retry` are passed over; an event without data is none, and one
/// that the stream cuts off before its empty line is never reported.
final class EventParser {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private String name = "";
    private boolean afterCarriageReturn;
    private boolean firstLine = true;

    void accept(byte[] bytes, Consumer<ServerSentEvent> events) {
        for (var octet : bytes) {
            if (octet == '\n' || octet == '\r') {
                if (octet == '\r' || !afterCarriageReturn) {
                    endLine(events);
                }
            } else {
                line.write(octet);
            }
            afterCarriageReturn = octet == '\r';
        }
    }

    private void endLine(Consumer<ServerSentEvent> events) {
        var text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (firstLine && text.startsWith(BYTE_ORDER_MARK)) {
            text = text.substring(1);
        }
        firstLine = false;
        if (text.isEmpty()) {
            endEvent(events);
        } else {
            field(text);
        }
    }

    private void field(String text) {
        var colon = text.indexOf(':');
        var field = colon < 0 ? text : text.substring(0, colon);
        var value = colon < 0 ? "" : text.substring(colon + 1);
        var content = value.startsWith(" ") ? value.substring(1) : value;
        switch (field) {
            case "data" -> data.append(content).append('\n');
            case "event" -> name = content;
            default -> {} // comments start with the colon
        }
    }

    private void endEvent(Consumer<ServerSentEvent> events) {
        if (!data.isEmpty()) {
            data.setLength(data.length() - 1);
            events.accept(new ServerSentEvent(name.isEmpty() ? "message" : name, data.toString()));
        }
        data.setLength(0);
        name = "";
    }
}
