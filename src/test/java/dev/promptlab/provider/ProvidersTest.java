package dev.promptlab.provider;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings;
import dev.promptlab.config.SettingsException;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProvidersTest {
    private static final PriceTable PRICES = PriceTable.load();

    private static Settings.Endpoint endpoint(String name, String format, String url, @Nullable String key,
            @Nullable String prices) {
        return new Settings.Endpoint(name, format, URI.create(url), key == null ? null : new Secret(key), "some-model",
                prices);
    }

    private static Providers providers(Settings.Endpoint... endpoints) {
        return Providers.of(new Settings.Providers(List.of(endpoints), null, Duration.ofSeconds(30), 3,
                List.of(Duration.ofSeconds(1))), PRICES);
    }

    @Test
    void aProviderIsConfiguredWithAKeyAndTheMockAlways() {
        try (var providers = providers(endpoint("anthropic", "anthropic", "https://api.anthropic.com", null, null),
                endpoint("openai", "openai", "https://api.openai.com/v1", "k", null),
                endpoint("local", "openai", "http://127.0.0.1:11434/v1", "", null))) {
            assertThat(providers.configured()).containsExactly("openai", "local", "mock");
            assertThat(providers.known()).containsExactly("anthropic", "openai", "local", "mock");
            assertThat(providers.find("anthropic")).isEmpty();
            assertThat(providers.find("nobody")).isEmpty();
            assertThat(providers.defaultProvider()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"openai, https://API.openai.com:443/v1, https://api.openai.com, openai",
            "openai, http://localhost:9000/v1, http://localhost:9000, openai",
            "groq-eu, https://api.groq.com/openai/v1, https://api.groq.com, groq",
            "gemini, https://generativelanguage.googleapis.com/v1beta/openai, https://generativelanguage.googleapis.com, google",
            "local, http://127.0.0.1:11434/v1, http://127.0.0.1:11434, "})
    void anEndpointHasAnOriginAndAPriceList(String name, String url, String origin, @Nullable String prices) {
        try (var providers = providers(endpoint(name, "openai", url, "k", null))) {
            var endpoint = providers.find(name).orElseThrow();
            assertThat(endpoint.origin()).isEqualTo(origin);
            assertThat(endpoint.priceList()).isEqualTo(prices);
            assertThat(endpoint.keyScope()).isEqualTo("server");
            assertThat(endpoint.lacksModel("anything")).isFalse();
        }
    }

    @Test
    void theMockKnowsItsModelsBeforeACall() {
        try (var providers = providers()) {
            var mock = providers.find("mock").orElseThrow();
            assertThat(mock.lacksModel("echo")).isFalse();
            assertThat(mock.lacksModel("gpt-5")).isTrue();
            assertThat(mock.defaultModel()).isEqualTo("echo");
        }
    }

    @Test
    void aPriceListThatDoesNotExistStopsTheStart() {
        assertThatThrownBy(() -> providers(endpoint("local", "openai", "http://localhost/v1", "", "groc")))
                .isInstanceOf(SettingsException.class).hasMessageContaining("no price list \"groc\"")
                .hasMessageContaining("groq");
    }

    @Test
    void aKeyThatNoHeaderCanHoldStopsTheStartWithoutBeingShown() {
        assertThatThrownBy(() -> providers(endpoint("local", "openai", "http://localhost/v1", "sk-1\nsk-2", null)))
                .isInstanceOf(SettingsException.class).hasMessageContaining("API key of local")
                .hasMessageNotContaining("sk-1");
    }

    @Test
    void aCallThroughTheRegistryIsAnsweredAndPriced() throws InterruptedException {
        try (var server = ScriptedProvider.start();
                var providers = providers(endpoint("anthropic", "anthropic", server.url() + "/", "k", null))) {
            server.anthropic().answers("Hello", 36, 783);
            var endpoint = providers.find("anthropic").orElseThrow();

            var answer = (ProviderReply.Answer) endpoint.provider().generate(new ChatRequest("claude-3-haiku-20240307",
                    List.of(new Message("user", "Hi")), Json.object()), new CallOptions(Duration.ofSeconds(20), 1));

            assertThat(PRICES.cost("anthropic", "claude-3-haiku-20240307", Objects.requireNonNull(answer.usage()),
                    Instant.EPOCH)).contains(new BigDecimal("0.000987750000"));
            assertThat(server.calls().getFirst().body().path("max_tokens").intValue()).isEqualTo(4_096);
        }
    }
}
