package dev.promptlab.provider;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.PriceTable.Listed;
import dev.promptlab.provider.Providers.Endpoint;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// Which providers a job can name, and what their models cost.
public final class ProviderRoutes {
    private static final Listed FREE = new Listed(BigDecimal.ZERO, BigDecimal.ZERO);
    private static final Listed UNKNOWN = new Listed(null, null);

    private final ProviderSource providers;
    private final PriceTable prices;
    private final Clock clock = Clock.systemUTC();

    public ProviderRoutes(ProviderSource providers, PriceTable prices) {
        this.providers = providers;
        this.prices = prices;
    }

    public List<Route> routes() {
        return List.of(Route.get("/providers", Permission.JOBS_READ, this::list));
    }

    private void list(Context ctx) {
        var offer = providers.offer(Caller.of(ctx).workspaceId());
        var array = Json.array();
        offer.known().forEach(name -> array.add(json(name, offer.find(name))));
        Http.answer(ctx, 200, array);
    }

    private ObjectNode json(String name, Optional<Endpoint> endpoint) {
        var json = Json.object().put("name", name).put("configured", endpoint.isPresent()).put("defaultModel",
                endpoint.map(Endpoint::defaultModel).orElse(null));
        var models = json.putArray("models");
        endpoint.ifPresent(each -> models(each, clock.instant()).forEach((model, price) -> models.addObject()
                .put("name", model).put("inputPricePerMillionUSD", price.input())
                .put("outputPricePerMillionUSD", price.output())));
        return json;
    }

    /// Those that the provider is known to have, or else those that its price list names.
    private SortedMap<String, Listed> models(Endpoint endpoint, Instant now) {
        var list = endpoint.priceList();
        var models = new TreeMap<String, Listed>(list == null ? Map.of() : prices.listed(list, now));
        endpoint.models().forEach(model -> models.putIfAbsent(model, PriceTable.MOCK.equals(list) ? FREE : UNKNOWN));
        return models;
    }
}
