package dev.promptlab.testing;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;

/// Answers in the shapes of two vendors.
public enum Vendor {
    ANTHROPIC {
        @Override
        String requestIdHeader() {
            return "request-id";
        }

        @Override
        ObjectNode answer(String text, long inputTokens, long outputTokens) {
            var body = Json.object().put("id", "msg_1").put("type", "message").put("role", "assistant").put("model",
                    "scripted");
            body.putArray("content").addObject().put("type", "text").put("text", text);
            body.put("stop_reason", "end_turn").putNull("stop_sequence");
            return body.set("usage", Json.object().put("input_tokens", inputTokens).put("output_tokens", outputTokens));
        }

        @Override
        ObjectNode error(int status, String type, String message) {
            return Json.object().put("type", "error").set("error",
                    Json.object().put("type", type).put("message", message));
        }

        @Override
        List<String> events(String text, long inputTokens, long outputTokens) {
            var events = new ArrayList<String>();
            events.add(event("message_start",
                    "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"content\":[],\"usage\":{\"input_tokens\":"
                            + inputTokens + ",\"output_tokens\":1}}}"));
            events.add(event("content_block_start",
                    "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}"));
            events.add(event("ping", "{\"type\":\"ping\"}"));
            for (var piece : pieces(text)) {
                var delta = Json.object().put("type", "content_block_delta").put("index", 0);
                delta.putObject("delta").put("type", "text_delta").put("text", piece);
                events.add(event("content_block_delta", Json.text(delta)));
            }
            events.add(event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}"));
            events.add(event("message_delta",
                    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":"
                            + outputTokens + "}}"));
            events.add(event("message_stop", "{\"type\":\"message_stop\"}"));
            return events;
        }
    },
    OPENAI {
        @Override
        String requestIdHeader() {
            return "x-request-id";
        }

        @Override
        ObjectNode answer(String text, long inputTokens, long outputTokens) {
            var body = Json.object().put("id", "chatcmpl-1").put("object", "chat.completion").put("model", "scripted");
            var choice = body.putArray("choices").addObject().put("index", 0);
            choice.putObject("message").put("role", "assistant").put("content", text).putNull("refusal");
            choice.putNull("logprobs").put("finish_reason", "stop");
            return body.set("usage", usage(inputTokens, outputTokens));
        }

        @Override
        ObjectNode error(int status, String type, String message) {
            return Json.object().set("error", Json.object().put("message", message).put("type", type)
                    .putNull("param").put("code", type));
        }

        @Override
        List<String> events(String text, long inputTokens, long outputTokens) {
            var events = new ArrayList<String>();
            for (var piece : pieces(text)) {
                var chunk = Json.object().put("object", "chat.completion.chunk");
                chunk.putArray("choices").addObject().put("index", 0).putNull("finish_reason").putObject("delta")
                        .put("content", piece);
                events.add(data(Json.text(chunk)));
            }
            events.add(data("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}"));
            events.add(data("{\"choices\":[],\"usage\":" + Json.text(usage(inputTokens, outputTokens)) + "}"));
            events.add(data("[DONE]"));
            return events;
        }

        private static ObjectNode usage(long inputTokens, long outputTokens) {
            var usage = Json.object().put("prompt_tokens", inputTokens).put("completion_tokens", outputTokens)
                    .put("total_tokens", inputTokens + outputTokens);
            usage.putObject("prompt_tokens_details").put("cached_tokens", 0);
            return usage;
        }
    };

    /// The id of every scripted answer.
    public static final String REQUEST_ID = "req_scripted";

    abstract String requestIdHeader();

    abstract ObjectNode answer(String text, long inputTokens, long outputTokens);

    abstract ObjectNode error(int status, String type, String message);

    /// A whole stream, one word a delta.
    abstract List<String> events(String text, long inputTokens, long outputTokens);

    private static List<String> pieces(String text) {
        return List.of(text.split("(?<= )"));
    }

    private static String event(String name, String data) {
        return "event: " + name + "\n" + data(data);
    }

    private static String data(String data) {
        return "data: " + data + "\n\n";
    }
}
