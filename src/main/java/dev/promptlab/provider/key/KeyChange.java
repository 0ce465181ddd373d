package dev.promptlab.provider.key;

import java.net.URI;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.config.Secret;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.web.Fields;
import org.jspecify.annotations.Nullable;

/// What somebody wants a provider key to be. What is null stays as it is.
record KeyChange(@Nullable Secret apiKey, @Nullable String format, @Nullable URI baseUrl,
        @Nullable String defaultModel, @Nullable String prices) {
    private static final int MIN_KEY = 8;
    private static final int MAX_KEY = 1_000;
    private static final int MAX_MODEL = 200;
    private static final List<String> FORMATS = List.of("anthropic", "openai");

    /// @throws dev.promptlab.web.Failure.Invalid with everything that is wrong; keys are not repeated in it
    static KeyChange read(JsonNode body, OutgoingUrls urls, Set<String> priceLists) {
        var in = Fields.of(body);
        var change = new KeyChange(apiKey(in), in.oneOf("format", FORMATS), baseUrl(in, urls),
                in.text("defaultModel", MAX_MODEL), in.oneOf("prices", priceLists.stream().sorted().toList()));
        in.check();
        return change;
    }

    private static @Nullable Secret apiKey(Fields in) {
        var key = in.text("apiKey", MAX_KEY);
        if (key == null) {
            return null;
        }
        if (key.length() < MIN_KEY || !key.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            in.reject("apiKey", "must be at least " + MIN_KEY + " characters of ASCII without white space");
        }
        return new Secret(key);
    }

    private static @Nullable URI baseUrl(Fields in, OutgoingUrls urls) {
        var text = in.text("baseUrl", OutgoingUrls.MAX_LENGTH);
        if (text == null) {
            return null;
        }
        var problem = urls.problem(text);
        problem.ifPresent(what -> in.reject("baseUrl", what));
        if (problem.isPresent()) {
            return null;
        }
        if (text.contains("?")) {
            in.reject("baseUrl", "must not have a query (?...)");
        }
        return URI.create(text);
    }
}
