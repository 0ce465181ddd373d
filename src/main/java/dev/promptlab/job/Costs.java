package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

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

    /// The most that a call can cost, now or later; empty when a price is not known.
    Optional<BigDecimal> worstCost(Providers.Endpoint endpoint, String model, long input, long output) {
        return endpoint.priceList() == null ? Optional.empty()
                : prices.worstCost(endpoint.priceList(), model, input, output, Instant.now());
    }

    /// The most tokens that a model may write, when that is known.
    OptionalLong maxOutputTokens(Providers.Endpoint endpoint, String model) {
        return endpoint.priceList() == null ? OptionalLong.empty()
                : prices.maxOutputTokens(endpoint.priceList(), model).stream().mapToLong(Integer::longValue)
                        .findFirst();
    }
}
