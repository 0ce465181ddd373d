package dev.promptlab.provider;

import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// The error object of a vendor, and which [FailureClass] it means. Understood are `{"error":{"type","code","message"}}`
/// (Anthropic, OpenAI and most others), an array around it (Google), and flat objects with `message` or `detail` (Mistral,
/// Cohere).
///
/// @param type the vendor's word; empty when there is none
/// @param code the vendor's second word; empty when there is none
/// @param message empty when there is none
public record ProviderError(String type, String code, String message, @Nullable String requestId) {
    private static final Pattern SPEND_CODE = Pattern
            .compile("insufficient_quota|billing_error|billing_hard_limit_reached|credits?_exhausted");
    private static final Pattern SPEND = Pattern
            .compile("(?i)\\b(credits?|billing|quota|spend(ing)?|api usage limits)\\b");
    /// Limits of pace speak of billing and quota too, as the place where they can be raised.
    private static final Pattern PACE = Pattern
            .compile("(?i)\\bper[ _-]?(second|minute|min|hour|day)\\b|\\b(rpm|tpm|rpd)\\b|(try again|retry) in \\d");
    private static final Pattern CREDIT_GONE = Pattern
            .compile("(?i)credit balance is too low|specified api usage limits");
    private static final Pattern NO_MODEL_CODE = Pattern.compile("model_not_found|invalid_model");
    private static final Pattern MODEL = Pattern.compile("(?i)\\bmodels?\\b|model_");
    private static final Pattern FILTERED = Pattern
            .compile("(?i)content[ _-](filter|policy|management)|violates? .{0,20}usage guidelines");

    static ProviderError ofText(String message) {
        return new ProviderError("", "", message, null);
    }

    /// Reads the body of an error, or the data of an `error` event.
    public static ProviderError read(JsonNode body) {
        var root = body.isArray() && body.size() == 1 ? body.get(0) : body;
        var error = root.path("error").isObject() ? root.path("error") : root;
        return new ProviderError(word(error, "type", "status"), word(error, "code"), message(root, error),
                root.path("request_id").textValue());
    }

    private static String word(JsonNode error, String... fields) {
        for (var field : fields) {
            if (error.path(field).isValueNode() && !error.path(field).isNull()) {
                return error.path(field).asText();
            }
        }
        return "";
    }

    private static String message(JsonNode root, JsonNode error) {
        for (var candidate : new JsonNode[]{error.path("message"), root.path("error"), root.path("detail")}) {
            if (candidate.isTextual()) {
                return candidate.textValue();
            }
        }
        return root.isContainerNode() ? root.toString() : root.asText();
    }

    /// The class of an answer with this status.
    public FailureClass classify(int status) {
        return switch (status) {
            case 401, 403 -> is(NO_MODEL_CODE) ? FailureClass.MODEL_NOT_FOUND
                    : says(FILTERED) ? FailureClass.CONTENT_FILTERED : FailureClass.AUTHENTICATION;
            case 402 -> FailureClass.SPEND_LIMIT;
            case 404 -> is(NO_MODEL_CODE) || says(MODEL) ? FailureClass.MODEL_NOT_FOUND : FailureClass.INVALID_REQUEST;
            case 408 -> FailureClass.UNAVAILABLE;
            case 429 -> spendIsUsedUp() ? FailureClass.SPEND_LIMIT : FailureClass.RATE_LIMITED;
            case 529 -> FailureClass.RATE_LIMITED;
            default -> status >= 500 ? FailureClass.UNAVAILABLE : refused();
        };
    }

    /// The class of an `error` event after a status of 200: the status that the vendor would have sent stands behind its words.
    public FailureClass classify() {
        if (is(SPEND_CODE)) {
            return FailureClass.SPEND_LIMIT;
        }
        return switch (type.isEmpty() ? code : type) {
            case "rate_limit_error", "rate_limit_exceeded", "tokens", "requests", "RESOURCE_EXHAUSTED" -> classify(429);
            case "overloaded_error" -> classify(529);
            case "invalid_request_error" -> classify(400);
            case "authentication_error" -> classify(401);
            case "permission_error" -> classify(403);
            case "not_found_error" -> classify(404);
            case "request_too_large" -> classify(413);
            default -> code.matches("[45]\\d\\d") ? classify(Integer.parseInt(code)) : unclear();
        };
    }

    private FailureClass unclear() {
        return is(NO_MODEL_CODE) || says(FILTERED) ? refused() : FailureClass.UNAVAILABLE;
    }

    private FailureClass refused() {
        if (is(NO_MODEL_CODE)) {
            return FailureClass.MODEL_NOT_FOUND;
        }
        if (is(SPEND_CODE) || CREDIT_GONE.matcher(message).find()) {
            return FailureClass.SPEND_LIMIT;
        }
        return says(FILTERED) ? FailureClass.CONTENT_FILTERED : FailureClass.INVALID_REQUEST;
    }

    private boolean spendIsUsedUp() {
        return is(SPEND_CODE) || (says(SPEND) && !says(PACE));
    }

    private boolean is(Pattern words) {
        return words.matcher(type).matches() || words.matcher(code).matches();
    }

    private boolean says(Pattern wording) {
        return wording.matcher(type + " " + code + " " + message).find();
    }

    /// The vendor's words for people: message, and its type when it has one.
    String describe(int status) {
        if (message.isEmpty()) {
            return "HTTP " + status + " without an explanation";
        }
        return type.isEmpty() || type.equals("error") ? message : type + ": " + message;
    }
}
