package dev.promptlab.provider;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.web.WebServer;
import dev.promptlab.workspace.LocalGate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProviderRoutesTest {
    private static final PriceTable PRICES = PriceTable.load();

    @Test
    void listsWhatAJobCanNameWithPricesAndNoSecrets() {
        var withKey = new Settings.Endpoint("openai", "openai", URI.create("https://api.openai.com/v1"),
                new Secret("sk-example"), "gpt-5-mini", null);
        var without = new Settings.Endpoint("anthropic", "anthropic", URI.create("https://api.anthropic.com"), null,
                "claude-haiku-4-5", null);
        try (var providers = Providers.of(new Settings.Providers(List.of(withKey, without), null,
                Duration.ofSeconds(30), 3, List.of(Duration.ofSeconds(1))), PRICES);
                var server = WebServer.start("127.0.0.1", 0, 1 << 20, new LocalGate(),
                        new ProviderRoutes(providers, PRICES).routes())) {
            var answer = ApiClient.of("http://localhost:" + server.port()).get("/providers").expect(200);
            assertThat(answer.text()).doesNotContain("sk-example");
            var listed = answer.json();
            assertThat(listed.findValuesAsText("name")).contains("openai", "anthropic", "mock");
            assertThat(of(listed, "anthropic").get("configured").booleanValue()).isFalse();
            assertThat(of(listed, "anthropic").get("models")).isEmpty();
            assertThat(of(listed, "openai").get("defaultModel").textValue()).isEqualTo("gpt-5-mini");
            assertThat(
                    of(of(listed, "openai").get("models"), "gpt-5-mini").get("inputPricePerMillionUSD").decimalValue())
                    .isEqualByComparingTo("0.25");
            assertThat(of(of(listed, "mock").get("models"), "echo").get("outputPricePerMillionUSD").decimalValue())
                    .isEqualByComparingTo("0");
        }
    }

    private static JsonNode of(JsonNode list, String name) {
        return list.valueStream().filter(each -> each.get("name").textValue().equals(name)).findFirst().orElseThrow();
    }
}
