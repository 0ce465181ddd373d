package dev.promptlab.web;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/// As `TemplateTextFuzzTest`: stored inputs in every build, new ones with `JAZZER_FUZZ=1`.
class JsonEdgeFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void aBodyIsReadOrRefused(FuzzedDataProvider data) {
        try {
            var body = Http.parse(data.consumeRemainingAsBytes());
            BodyText.check(body);
            var fields = Fields.of(body);
            fields.text("name", 10);
            fields.integer("limit", 1, 200);
            fields.decimal("price");
            fields.uuid("id");
            fields.time("from");
            fields.duration("wait");
            fields.map("variables");
            fields.list("messages", 3, message -> message.requiredText("content", 10));
            fields.check();
            Json.parse(Json.text(body)); // what was taken can be kept
        } catch (Failure.Invalid _) {
            // the one refusal that clients know
        }
    }
}
