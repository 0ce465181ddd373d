package dev.promptlab.provider;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings;
import dev.promptlab.config.SettingsException;
import dev.promptlab.provider.anthropic.AnthropicFormat;
import dev.promptlab.provider.mock.MockProvider;
import dev.promptlab.provider.openai.OpenAiFormat;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// The providers of this process, by name. An endpoint of the settings is configured when it has a key, and an empty key is
/// one too (a server that asks for none); `mock` always is. Thread-safe; closing it ends every call.
public final class Providers implements Offer, ProviderSource, AutoCloseable {
    /// Name of the provider that is always there.
    public static final String MOCK = "mock";

    /// Whose key the endpoints of the settings use.
    public static final String SERVER_KEY = "server";

    /// A provider that can be called.
    ///
    /// @param origin `https://api.openai.com`, without the port when it is the scheme's own; `mock`
    /// @param keyScope whose key it uses: `server`, or the id of the workspace whose own it is
    /// @param defaultModel for requests that name none; null = they must
    /// @param priceList for [PriceTable#cost]; null = costs are unknown
    /// @param models the only models there are, known before a call; empty = the provider decides
    public record Endpoint(String name, Provider provider, String origin, String keyScope,
            @Nullable String defaultModel, @Nullable String priceList, Set<String> models) {
        public Endpoint {
            models = Set.copyOf(models);
        }

        /// Whether a call with this model is certain to fail with [FailureClass#MODEL_NOT_FOUND].
        public boolean lacksModel(String model) {
            return !models.isEmpty() && !models.contains(model);
        }
    }

    /// What Anthropic gets as `max_tokens` when a request has no `maxTokens` and the model may write at least so much.
    static final int DEFAULT_MAX_TOKENS = 4_096;

    private static final Map<String, String> PRICES_BY_HOST = Map.of("api.anthropic.com", "anthropic", "api.openai.com",
            "openai", "api.mistral.ai", "mistral", "api.deepseek.com", "deepseek", "api.x.ai", "xai", "api.groq.com",
            "groq", "api.cohere.com", "cohere", "api.cohere.ai", "cohere", "generativelanguage.googleapis.com",
            "google");

    private final Map<String, Endpoint> configured;
    private final List<String> known;
    private final Optional<String> defaultProvider;
    private final List<Settings.Endpoint> settings;
    private final PriceTable prices;
    private final HttpCalls calls;

    private Providers(Map<String, Endpoint> configured, List<String> known, Optional<String> defaultProvider,
            List<Settings.Endpoint> settings, PriceTable prices, HttpCalls calls) {
        this.configured = configured;
        this.known = known;
        this.defaultProvider = defaultProvider;
        this.settings = settings;
        this.prices = prices;
        this.calls = calls;
    }

    /// Of endpoints that somebody else has made.
    Providers(Map<String, Endpoint> configured, List<String> known, Optional<String> defaultProvider,
            HttpCalls calls) {
        this(configured, known, defaultProvider, List.of(), PriceTable.load(), calls);
    }

    /// @throws SettingsException when an endpoint names a price list that does not exist, or a key that no header can hold
    public static Providers of(Settings.Providers settings, PriceTable prices) {
        var problems = settings.endpoints().stream().flatMap(endpoint -> problems(endpoint, prices)).toList();
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        var calls = new HttpCalls();
        var configured = new LinkedHashMap<String, Endpoint>();
        for (var endpoint : settings.endpoints()) {
            if (endpoint.apiKey() != null) {
                configured.put(endpoint.name(),
                        http(endpoint, endpoint.apiKey(), SERVER_KEY, priceList(endpoint), prices, calls));
            }
        }
        configured.put(MOCK, new Endpoint(MOCK, new MockProvider(), MOCK, SERVER_KEY, "echo", PriceTable.MOCK,
                MockProvider.MODELS));
        var known = Stream.concat(settings.endpoints().stream().map(Settings.Endpoint::name), Stream.of(MOCK)).toList();
        return new Providers(configured, known, Optional.ofNullable(settings.defaultProvider()), settings.endpoints(),
                prices, calls);
    }

    private static Stream<String> problems(Settings.Endpoint endpoint, PriceTable prices) {
        var problems = new ArrayList<String>();
        var list = endpoint.prices();
        if (list != null && !prices.lists().contains(list)) {
            problems.add("providers." + endpoint.name() + ".prices: there is no price list \"" + list + "\"; lists: "
                    + String.join(", ", new TreeSet<>(prices.lists())));
        }
        var key = endpoint.apiKey();
        if (key != null && !key.value().chars().allMatch(letter -> letter > ' ' && letter < 0x7F)) {
            problems.add("the API key of " + endpoint.name()
                    + " has white space or other characters in it that no HTTP header can hold");
        }
        return problems.stream();
    }

    /// An endpoint that calls with a workspace's own key.
    ///
    /// @param endpoint with that key; its price list goes by the host first, since its name was chosen by a user
    /// @param guarded for a base URL that a user entered; empty for one of the settings
    public Endpoint withKeyOf(UUID workspaceId, Settings.Endpoint endpoint, Optional<HttpCalls> guarded) {
        var byHost = PRICES_BY_HOST.get(host(endpoint.baseUrl()));
        var priceList = endpoint.prices() == null && byHost != null ? byHost : priceList(endpoint);
        return http(endpoint, requireNonNull(endpoint.apiKey()), workspaceId.toString(), priceList, prices,
                guarded.orElse(calls));
    }

    private static Endpoint http(Settings.Endpoint endpoint, Secret apiKey, String keyScope,
            @Nullable String priceList, PriceTable prices, HttpCalls calls) {
        var format = switch (endpoint.format()) {
            case "anthropic" -> new AnthropicFormat(endpoint.baseUrl(), apiKey.value(),
                    model -> maxTokens(prices, priceList, model));
            case "openai" -> new OpenAiFormat(endpoint.baseUrl(), apiKey.value());
            default -> throw new IllegalStateException("unknown format " + endpoint.format() + " (bug)");
        };
        var provider = new HttpProvider(format, calls);
        return new Endpoint(endpoint.name(), endpoint.streaming() ? provider : new WholeAnswers(provider),
                origin(endpoint.baseUrl()), keyScope,
                endpoint.defaultModel(), priceList, Set.of());
    }

    private static int maxTokens(PriceTable prices, @Nullable String priceList, String model) {
        return Math.min(DEFAULT_MAX_TOKENS, priceList == null ? DEFAULT_MAX_TOKENS
                : prices.maxOutputTokens(priceList, model).orElse(DEFAULT_MAX_TOKENS));
    }

    /// As configured; else the vendor's own, by the two built-in names or by a vendor's host.
    private static @Nullable String priceList(Settings.Endpoint endpoint) {
        if (endpoint.prices() != null) {
            return endpoint.prices();
        }
        return switch (endpoint.name()) {
            case "anthropic", "openai" -> endpoint.name();
            default -> PRICES_BY_HOST.get(host(endpoint.baseUrl()));
        };
    }

    private static String host(URI uri) {
        return uri.getHost().toLowerCase(Locale.ROOT);
    }

    /// `https://api.openai.com`, without the port when it is the scheme's own.
    public static String origin(URI uri) {
        var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        var usualPort = scheme.equals("https") ? 443 : 80;
        var port = uri.getPort() == -1 || uri.getPort() == usualPort ? "" : ":" + uri.getPort();
        return scheme + "://" + host(uri) + port;
    }

    /// What the settings say of a name, with or without a key.
    public Optional<Settings.Endpoint> setting(String name) {
        return settings.stream().filter(endpoint -> endpoint.name().equals(name)).findFirst();
    }

    /// Names of price lists.
    public Set<String> priceLists() {
        return prices.lists();
    }

    @Override
    public Optional<Endpoint> find(String name) {
        return Optional.ofNullable(configured.get(name));
    }

    /// Those of the settings in their order, then `mock`.
    @Override
    public List<String> configured() {
        return List.copyOf(configured.keySet());
    }

    /// Those of the settings in their order, then `mock`.
    @Override
    public List<String> known() {
        return known;
    }

    @Override
    public Optional<String> defaultProvider() {
        return defaultProvider;
    }

    /// The server's own keys, for everybody.
    @Override
    public Offer offer(UUID workspaceId) {
        return this;
    }

    @Override
    public Endpoint require(UUID workspaceId, String name, String keyScope) {
        return find(name).filter(_ -> keyScope.equals(SERVER_KEY)).orElseThrow(() -> new NotConfiguredException(
                "the provider \"" + name + "\" is not configured on the worker that took the job"));
    }

    @Override
    public void close() {
        calls.close();
    }
}
