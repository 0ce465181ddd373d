package dev.promptlab.template.language;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.promptlab.web.Json;

/// `mvn test` runs the stored inputs; `JAZZER_FUZZ=1 mvn test -Dtest=TemplateTextFuzzTest` looks for new ones for 30 s.
class TemplateTextFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void parsingAndRenderingEndInTextOrInAClearError(FuzzedDataProvider data) {
        var source = data.consumeRemainingAsString();
        try {
            TemplateText.parse(source).render(
                    Json.parseObject("{\"a\": [1, {\"b\": \"x\"}], \"b\": {\"a\": \"{{ a }}\"}}"), new Budget());
        } catch (TemplateSyntaxException | RenderException _) {
            // The two answers that callers know; anything else fails the test.
        }
    }
}
