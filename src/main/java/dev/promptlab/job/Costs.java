package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.Providers;
import dev.promptlab.provider.Usage;

/// What a call costs now, by the price list of its endpoint.
record Costs(PriceTable prices) {
    /// Empty when the endpoint has no list, or the list no price for something that was used.
    Optional<BigDecimal> cost(Providers.Endpoint endpoint, String model, Usage usage) {
        return endpoint.priceList() == null ? Optional.empty()
                : prices.cost(endpoint.priceList(), model, usage, Instant.now());
    }
}
