package dev.promptlab.job;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Nearest;
import dev.promptlab.provider.Message;
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
    private final Providers providers;

    Resolver(Templates templates, Providers providers) {
        this.templates = templates;
        this.providers = providers;
    }

    Work resolve(Caller caller, GenerateRequest request) throws InterruptedException {
        var version = version(caller, request);
        var endpoint = endpoint(request, version);
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
    private Providers.Endpoint endpoint(GenerateRequest request, @Nullable PromptVersion version) {
        if (request.provider() != null && !providers.known().contains(request.provider())) {
            throw Failure.Invalid.field("provider", "is none of " + String.join(", ", providers.known())
                    + Nearest.hint(request.provider(), providers.known()));
        }
        var name = Optional.ofNullable(request.provider())
                .or(() -> Optional.ofNullable(version).map(v -> v.defaults().provider()))
                .or(providers::defaultProvider).orElseGet(this::onlyConfigured);
        return providers.find(name).orElseThrow(() -> new Failure.Conflict(unconfigured(name)));
    }

    /// `mock` is never chosen silently.
    private String onlyConfigured() {
        var configured = providers.configured().stream().filter(name -> !name.equals(Providers.MOCK)).toList();
        if (configured.size() == 1) {
            return configured.getFirst();
        }
        throw new Failure.Conflict(configured.isEmpty()
                ? "no provider is configured: set ANTHROPIC_API_KEY or OPENAI_API_KEY, or send \"provider\": \"mock\""
                : "several providers are configured (" + String.join(", ", configured)
                        + "): send \"provider\", or set PROMPTLAB_DEFAULT_PROVIDER");
    }

    private String unconfigured(String name) {
        return switch (name) {
            case "anthropic" -> "the provider anthropic has no key: set ANTHROPIC_API_KEY";
            case "openai" -> "the provider openai has no key: set OPENAI_API_KEY";
            default -> "the provider \"" + name + "\" is not configured on this server";
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
