package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.provider.Message;
import dev.promptlab.template.Variables;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// What `POST /generate` asks for, right in shape. Whether the template, label or provider exist is decided later.
///
/// @param messages an ad hoc prompt instead of a template
/// @param variables with `input` folded in
/// @param runAt not before this time
/// @param expiresAt not after this time: what is not answered by then fails
/// @param callbackUrl is told of the end of the job
/// @param reuse `fresh` and `maxAge`: whether an existing answer to the same input will do
record GenerateRequest(
        @Nullable UUID templateId,
        @Nullable Integer version,
        @Nullable String label,
        @Nullable List<Message> messages,
        @Nullable String provider,
        @Nullable String model,
        ObjectNode variables,
        ObjectNode params,
        Priority priority,
        @Nullable Integer maxAttempts,
        @Nullable Instant runAt,
        @Nullable Instant expiresAt,
        Reuse reuse,
        ObjectNode metadata,
        @Nullable String callbackUrl) {
    private static final int MAX_PROMPT = 1 << 20;
    private static final List<String> RESERVED = List.of("model", "messages", "system", "stream", "stream_options");
    private static final int MAX_METADATA = 16 << 10;
    private static final List<String> ROLES = List.of("system", "user", "assistant");

    /// @param urls which callback URLs are allowed
    /// @throws dev.promptlab.web.Failure.Invalid with everything that is wrong
    static GenerateRequest parse(JsonNode body, OutgoingUrls urls) {
        var in = Fields.of(body);
        var request = new GenerateRequest(
                in.uuid("templateId"), in.integer("version", 1, Integer.MAX_VALUE), in.text("label", 60),
                in.list("messages", 1_000, GenerateRequest::message), in.text("provider", 100), in.text("model", 200),
                Variables.read(in), params(in), orElse(in.oneOf("priority", Priority.BY_CODE), Priority.NORMAL),
                in.integer("maxAttempts", 1, 20), in.time("runAt"), in.time("expiresAt"),
                new Reuse(in.flag("fresh"), in.duration("maxAge")),
                metadata(in), callbackUrl(in, urls));
        request.checkTogether(in);
        in.check();
        return request;
    }

    private static Message message(Fields in) {
        var role = in.oneOf("role", ROLES);
        if (!in.has("role")) {
            in.reject("role", "is required");
        }
        return new Message(orElse(role, ""), in.requiredText("content", MAX_PROMPT));
    }

    private static ObjectNode params(Fields in) {
        var params = orElse(in.map("params"), Json.object());
        checkParam(in, params, "temperature", "a number from 0 to 2", node -> between(node, "0", "2"));
        checkParam(in, params, "topP", "a number from 0 to 1", node -> between(node, "0", "1"));
        checkParam(in, params, "maxTokens", "a whole number of at least 1",
                node -> isWhole(node) && between(node, "1", "100000000"));
        checkParam(in, params, "seed", "a whole number", GenerateRequest::isWhole);
        checkParam(in, params, "stop", "a string or a list of strings",
                node -> node.isTextual()
                        || (node.isArray() && node.valueStream().allMatch(JsonNode::isTextual)));
        checkParam(in, params, "tools", "a list", JsonNode::isArray);
        RESERVED.stream().filter(params::has)
                .forEach(name -> in.reject("params." + name, "is set by PromptLab itself"));
        return params;
    }

    private static void checkParam(Fields in, ObjectNode params, String name, String expected,
            Predicate<JsonNode> rule) {
        if (params.hasNonNull(name) && !rule.test(params.get(name))) {
            in.reject("params." + name, "must be " + expected);
        }
    }

    private static boolean between(JsonNode node, String min, String max) {
        return node.isNumber() && node.decimalValue().compareTo(new BigDecimal(min)) >= 0
                && node.decimalValue().compareTo(new BigDecimal(max)) <= 0;
    }

    private static boolean isWhole(JsonNode node) {
        return node.isNumber() && node.decimalValue().stripTrailingZeros().scale() <= 0;
    }

    private static ObjectNode metadata(Fields in) {
        var metadata = orElse(in.map("metadata"), Json.object());
        if (Json.bytes(metadata).length > MAX_METADATA) {
            in.reject("metadata", "must be at most 16 KiB of JSON");
        }
        return metadata;
    }

    private static @Nullable String callbackUrl(Fields in, OutgoingUrls urls) {
        var url = in.text("callbackUrl", Integer.MAX_VALUE);
        if (url != null && !url.isBlank()) {
            urls.problem(url).ifPresent(problem -> in.reject("callbackUrl", problem));
        }
        return url;
    }

    private void checkTogether(Fields in) {
        if (!in.has("templateId") && !in.has("messages")) {
            in.reject("templateId", "is required (or messages, for a prompt without a template)");
        }
        if (in.has("templateId") && in.has("messages")) {
            in.reject("messages", "cannot be combined with templateId");
        }
        if (version != null && label != null) {
            in.reject("label", "cannot be combined with version");
        }
        if (runAt != null && expiresAt != null && !expiresAt.isAfter(runAt)) {
            in.reject("expiresAt", "must be later than runAt");
        }
        if (in.has("messages")) {
            for (var name : List.of("version", "label", "variables", "input")) {
                if (in.has(name)) {
                    in.reject(name, "needs a templateId");
                }
            }
        }
    }

    private static <T> T orElse(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
