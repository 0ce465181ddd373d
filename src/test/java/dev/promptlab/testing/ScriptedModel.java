package dev.promptlab.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.promptlab.web.Json;
import dev.promptlab.web.Sha256;

/// Speaks OpenAI's chat completions and embeddings on a loopback port, and always answers the same question in the same way,
/// whoever asks: by the hash of the last message, in one of several moods. An answer carries a mark, `(k=N)`, and as a judge it
/// goes by the marks that it is shown, so that the words of a judge's prompt do not matter.
public final class ScriptedModel implements AutoCloseable {
    private static final Pattern MARK = Pattern.compile("\\(k=(\\d+)\\)", Pattern.CASE_INSENSITIVE);
    private static final int WIDTH = 64;

    private final HttpServer server;
    private final Duration latency;
    private final AtomicLong calls = new AtomicLong();

    /// Answers at once.
    public ScriptedModel() throws IOException {
        this(Duration.ZERO);
    }

    public ScriptedModel(Duration latency) throws IOException {
        this.latency = latency;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    /// As `OPENAI_BASE_URL` takes it.
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /// Requests so far.
    public long calls() {
        return calls.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            calls.incrementAndGet();
            Thread.sleep(latency);
            var request = Json.read(exchange.getRequestBody().readAllBytes());
            var reply = Json.bytes(exchange.getRequestURI().getPath().endsWith("/embeddings") ? vectors(request)
                    : completion(request));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, reply.length);
            exchange.getResponseBody().write(reply);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static ObjectNode completion(JsonNode request) {
        var message = Json.object().put("role", "assistant");
        var choice = Json.object().put("index", 0).put("finish_reason", say(request, message));
        choice.set("message", message);
        var reply = Json.object().put("id", "x").put("object", "chat.completion").put("created", 1)
                .put("model", request.path("model").asText());
        reply.putArray("choices").add(choice);
        reply.putObject("usage").put("prompt_tokens", 9).put("completion_tokens", 3).put("total_tokens", 12);
        return reply;
    }

    /// @return why it ended
    private static String say(JsonNode request, ObjectNode message) {
        var all = new ArrayList<String>();
        request.path("messages").forEach(each -> all.add(text(each.path("content"))));
        var last = all.getLast();
        var mark = mark(last);
        if (request.has("tools") || request.has("functions")) {
            message.putNull("content");
            return call(request, message, last, mark);
        }
        message.put("content", judges(all) ? verdict(String.join("\n", all)) : words(last, mark));
        return "stop";
    }

    private static String text(JsonNode content) {
        return content.isTextual() ? content.textValue() : content.path(0).path("text").asText();
    }

    private static int mark(String text) {
        var hash = Sha256.hex(text.getBytes(StandardCharsets.UTF_8)).getBytes(StandardCharsets.US_ASCII);
        return Integer.parseInt(HexFormat.of().formatHex(hash, 0, 3), 16) % 97;
    }

    /// Nobody but a judge is shown an answer of this model, but for conversations, where it stands between the messages.
    private static boolean judges(List<String> all) {
        var text = String.join("\n", all).toLowerCase(Locale.ROOT);
        return MARK.matcher(text).find() && (text.contains("rubric") || text.contains("criteri")
                || text.contains("grad") || text.contains("expert") || text.contains("judge")
                || text.contains("with pass, score") || text.contains("factual"));
    }

    private static String verdict(String shown) {
        var marks = MARK.matcher(shown).results().map(each -> Integer.parseInt(each.group(1))).toList();
        var pass = marks.getFirst() % 3 != 0;
        var best = marks.indexOf(marks.stream().max(Integer::compare).orElseThrow());
        if (!shown.contains("JSON") && shown.contains("index")) {
            return String.valueOf(best);
        }
        if (!shown.contains("JSON")) {
            return "It is so.\n" + (pass ? "Y" : "N");
        }
        return Json.text(Json.object().put("reason", "by the mark").put("pass", pass)
                .put("score", shown.contains("<criterion>") ? pass ? 1 : 0 : pass ? 0.9 : 0.1)
                .put("category", pass ? "C" : "D").put("best", best));
    }

    private static String words(String asked, int mark) {
        var lines = asked.strip().split("\n");
        var line = lines[lines.length - 1];
        if (asked.contains("sentiment")) {
            return Json.text(Json.object()
                    .put("sentiment", mark % 4 == 0 ^ asked.matches("(?s).*(hate|boring|worst|broke|back).*")
                            ? "negative" : "positive")
                    .put("confidence", mark % 10));
        }
        if (asked.contains("JSON")) {
            var json = "{\"color\": \"" + (mark % 2 == 0 || line.contains("=") ? "yellow" : "blue")
                    + "\", \"countries\": [\"Ecuador\", " + (mark % 5 == 0 && !line.contains("=") ? "7" : "\"Peru\"")
                    + "]}";
            return line.contains("=") ? json : switch (mark % 3) {
                case 0 -> "Here it is:\n```json\n" + json + "\n```";
                case 1 -> json;
                default -> "There is no " + line;
            };
        }
        return switch (mark % 6) {
            case 0 -> "I'm sorry, but I can't help with that.";
            case 1 -> "Ahoy, " + line;
            case 2 -> line.toUpperCase(Locale.ROOT);
            case 3 -> line + " and again " + line;
            case 4 -> "Well: " + line + " grub";
            default -> line;
        } + " (k=" + mark + ")";
    }

    private static String call(JsonNode request, ObjectNode message, String asked, int mark) {
        var city = asked.replaceAll(".* ", "").replaceAll("\\W", "");
        var arguments = Json.object().put(mark % 4 == 0 ? "place" : "location", city);
        if (mark % 2 == 0) {
            arguments.put("unit", mark % 3 == 0 ? "kelvin" : "celsius");
        }
        var function = Json.object().put("name", "weather_now").put("arguments", Json.text(arguments));
        if (request.has("functions")) {
            message.set("function_call", function);
            return "function_call";
        }
        var call = Json.object().put("id", "call_1").put("type", "function");
        call.set("function", function);
        message.putArray("tool_calls").add(call);
        return "tool_calls";
    }

    /// Words by their hashes, so that texts with the same words are near to each other.
    private static ObjectNode vectors(JsonNode request) {
        var reply = Json.object().put("object", "list").put("model", request.path("model").asText());
        var data = reply.putArray("data");
        var inputs = request.path("input").isArray() ? request.path("input") : Json.array().add(request.path("input"));
        for (var input : inputs) {
            var vector = new double[WIDTH];
            for (var word : input.asText().toLowerCase(Locale.ROOT).split("\\W+")) {
                vector[mark(word) % WIDTH] += 1;
            }
            var item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            var numbers = item.putArray("embedding");
            for (var each : vector) {
                numbers.add(each);
            }
        }
        reply.putObject("usage").put("prompt_tokens", 3).put("total_tokens", 3);
        return reply;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
