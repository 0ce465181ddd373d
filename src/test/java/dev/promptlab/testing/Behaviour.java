package dev.promptlab.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.promptlab.web.Json;

/// What a [ScriptedProvider] does with one request. Combine or write your own: it is one method.
@FunctionalInterface
public interface Behaviour {
    void respond(Exchange exchange) throws IOException;

    /// A text with a usage, whole or streamed as the request asks; vectors for a request for embeddings.
    static Behaviour answer(String text, long inputTokens, long outputTokens) {
        return answer(text, inputTokens, outputTokens, Map.of());
    }

    /// @param headers beside those of every answer; embeddings have none
    static Behaviour answer(String text, long inputTokens, long outputTokens, Map<String, String> headers) {
        return exchange -> {
            if (exchange.call().path().endsWith("/embeddings")) {
                embeddings(exchange, inputTokens);
            } else if (exchange.call().wantsStream()) {
                exchange.stream(exchange.vendor().events(text, inputTokens, outputTokens), headers);
            } else {
                exchange.json(200, exchange.vendor().answer(text, inputTokens, outputTokens), headers);
            }
        };
    }

    /// As [#answer(String, long, long)] from a server that never streams.
    static Behaviour wholeAnswer(String text, long inputTokens, long outputTokens) {
        return exchange -> exchange.json(200, exchange.vendor().answer(text, inputTokens, outputTokens), Map.of());
    }

    /// For each input the vector (length of the input, 1), in reverse order.
    private static void embeddings(Exchange exchange, long inputTokens) throws IOException {
        var body = Json.object();
        var data = body.putArray("data");
        var inputs = exchange.call().body().path("input");
        for (var i = inputs.size() - 1; i >= 0; i--) {
            data.addObject().put("index", i).putArray("embedding").add(inputs.get(i).textValue().length()).add(1);
        }
        body.putObject("usage").put("prompt_tokens", inputTokens).put("total_tokens", inputTokens);
        exchange.json(200, body, Map.of());
    }

    /// After a while.
    default Behaviour after(Duration delay) {
        return exchange -> {
            exchange.pause(delay);
            respond(exchange);
        };
    }

    /// An error in the vendor's shape.
    static Behaviour error(int status, String message) {
        return error(status, "some_error", message, Map.of());
    }

    /// @param type the vendor's word for it
    static Behaviour error(int status, String type, String message, Map<String, String> headers) {
        return exchange -> exchange.json(status, exchange.vendor().error(status, type, message), headers);
    }

    /// Any body.
    static Behaviour body(int status, String contentType, String body) {
        return exchange -> exchange.whole(status, contentType, body, Map.of());
    }

    static Behaviour redirect(String location) {
        return exchange -> exchange.whole(307, "text/plain", "", Map.of("Location", location));
    }

    /// Nothing, until the client goes away.
    static Behaviour hang() {
        return exchange -> exchange.pause(Duration.ofHours(1));
    }

    /// Headers, then a space every `pause` until the client goes away.
    static Behaviour drip(Duration pause) {
        return exchange -> {
            exchange.head(200, contentType(exchange), "Content-Length: 1000000", Map.of());
            while (true) {
                exchange.write(" ");
                exchange.pause(pause);
            }
        };
    }

    /// A TCP reset instead of an answer.
    static Behaviour reset() {
        return Exchange::reset;
    }

    /// The first half of an answer, then an orderly end of the connection.
    static Behaviour cut(String text, long inputTokens, long outputTokens) {
        return exchange -> {
            if (exchange.call().wantsStream()) {
                var events = exchange.vendor().events(text, inputTokens, outputTokens);
                exchange.streamHead(Map.of());
                for (var event : events.subList(0, events.size() / 2)) {
                    exchange.chunk(event);
                }
            } else {
                var body = Json.text(exchange.vendor().answer(text, inputTokens, outputTokens));
                exchange.head(200, "application/json", "Content-Length: " + body.length(), Map.of());
                exchange.write(body.substring(0, body.length() / 2));
            }
            exchange.close();
        };
    }

    /// A streamed answer, one event after the other.
    static Behaviour slowly(String text, long inputTokens, long outputTokens, Duration pause) {
        return exchange -> {
            pieces(exchange, exchange.vendor().events(text, inputTokens, outputTokens), pause);
            exchange.close();
        };
    }

    /// As [#slowly], but for its last events, and then nothing.
    static Behaviour slowlyThenHang(String text, Duration pause) {
        return exchange -> {
            var events = exchange.vendor().events(text, 1, 1);
            pieces(exchange, events.subList(0, events.size() - 3), pause);
            exchange.pause(Duration.ofHours(1));
        };
    }

    private static void pieces(Exchange exchange, List<String> events, Duration pause) throws IOException {
        exchange.streamHead(Map.of());
        for (var event : events) {
            exchange.chunk(event);
            exchange.pause(pause);
        }
    }

    /// A body that goes on as long as somebody takes it.
    static Behaviour endless() {
        return exchange -> {
            exchange.head(200, contentType(exchange), "Transfer-Encoding: chunked", Map.of());
            exchange.endWithClient();
            var line = ": " + "x".repeat(65_000) + "\n\n";
            while (true) {
                exchange.chunk(line);
            }
        };
    }

    private static String contentType(Exchange exchange) {
        return exchange.call().wantsStream() ? "text/event-stream" : "application/json";
    }
}
