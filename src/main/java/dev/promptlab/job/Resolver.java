package dev.promptlab.job;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Nearest;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.Offer;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.provider.Providers;
import dev.promptlab.template.PromptVersion;
import dev.promptlab.template.Templates;
import dev.promptlab.template.VersionRef;
import dev.promptlab.web.Failure;
import dev.promptlab.workspace.access.Caller;
import org.jspecify.annotations.Nullable;

/// Decides what a request left open: which version, provider, model and params.
final class Resolver {
    private final Templates templates;
    private final ProviderSource providers;

    Resolver(Templates templates, ProviderSource providers) {
        this.templates = templates;
        this.providers = providers;
    }

    Work resolve(Caller caller, GenerateRequest request) throws InterruptedException {
        var version = version(caller, request);
        var endpoint = endpoint(providers.offer(caller.workspaceId()), request, version);
        var model = model(request, version, endpoint);
        if (endpoint.lacksModel(model)) {
            throw Failure.Invalid.field("model", "must be one of the models of " + endpoint.name() + ": "
                    + String.join(", ", new TreeSet<>(endpoint.models())));
        }
        var adHoc = request.messages() == null ? List.<Message>of() : request.messages();
        return Work.of(caller.workspaceId(), version, adHoc, request.variables(), endpoint, model,
                params(request, version));
    }

    private @Nullable PromptVersion version(Caller caller, GenerateRequest request) throws InterruptedException {
        return request.templateId() == null ? null
                : templates.resolve(new VersionRef(caller.workspaceId(), request.templateId(), request.version(),
                        request.label()));
    }

    /// The request's, else the version's, else the default of the settings, else the only configured one.
    private static Providers.Endpoint endpoint(Offer offer, GenerateRequest request, @Nullable PromptVersion version) {
        if (request.provider() != null && !offer.known().contains(request.provider())) {
            throw Failure.Invalid.field("provider", "is none of " + String.join(", ", offer.known())
                    + Nearest.hint(request.provider(), offer.known()));
        }
        var name = Optional.ofNullable(request.provider())
                .or(() -> Optional.ofNullable(version).map(v -> v.defaults().provider()))
                .or(offer::defaultProvider).orElseGet(() -> onlyConfigured(offer));
        try {
            return offer.find(name).orElseThrow(() -> new Failure.Conflict(unconfigured(name)));
        } catch (ProviderSource.NotConfiguredException e) {
            throw new Failure.Conflict(String.valueOf(e.getMessage()));
        }
    }

    /// `mock` is never chosen silently.
    private static String onlyConfigured(Offer offer) {
        var configured = offer.configured().stream().filter(name -> !name.equals(Providers.MOCK)).toList();
        if (configured.size() == 1) {
            return configured.getFirst();
        }
        throw new Failure.Conflict(configured.isEmpty()
                ? "no provider is configured: set ANTHROPIC_API_KEY or OPENAI_API_KEY, save a key with PUT /provider-keys/{name},"
                        + " or send \"provider\": \"mock\""
                : "several providers are configured (" + String.join(", ", configured)
                        + "): send \"provider\", or set PROMPTLAB_DEFAULT_PROVIDER");
    }

    private static String unconfigured(String name) {
        return switch (name) {
            case "anthropic", "openai" -> "the provider " + name + " has no key: set " + name.toUpperCase(Locale.ROOT)
                    + "_API_KEY, or save one with PUT /provider-keys/" + name;
            default -> "the provider \"" + name + "\" has no key on this server and in this workspace";
        };
    }

    /// The request's, else the version's (if it was meant for this provider), else the provider's default.
    private String model(GenerateRequest request, @Nullable PromptVersion version, Providers.Endpoint endpoint) {
        if (request.model() != null) {
            return request.model();
        }
        if (version != null && version.defaults().model() != null && (version.defaults().provider() == null
                || version.defaults().provider().equals(endpoint.name()))) {
            return version.defaults().model();
        }
        if (endpoint.defaultModel() != null) {
            return endpoint.defaultModel();
        }
        throw Failure.Invalid.field("model", "is required: the provider " + endpoint.name() + " has no default model");
    }

    /// A param of the request replaces the version's; null takes it away.
    private static ObjectNode params(GenerateRequest request, @Nullable PromptVersion version) {
        if (version == null) {
            return withoutNulls(request.params().deepCopy());
        }
        ObjectNode params = version.defaults().params().deepCopy();
        params.setAll(request.params());
        return withoutNulls(params);
    }

    private static ObjectNode withoutNulls(ObjectNode params) {
        params.properties().removeIf(entry -> entry.getValue().isNull());
        return params;
    }
}
