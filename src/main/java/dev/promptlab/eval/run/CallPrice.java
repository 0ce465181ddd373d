package dev.promptlab.eval.run;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import dev.promptlab.eval.run.CallBudget.SpentException;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.Usage;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// What a call costs, and what it can cost at most.
public final class CallPrice {
    private static final int MAX_OUTPUT = 4_096;
    private static final int TOKENS_PER_MESSAGE = 16;

    private CallPrice() {}

    /// Null = unknown.
    static @Nullable BigDecimal of(PriceTable prices, Call call, Usage usage, Instant now) {
        var list = call.endpoint().priceList();
        return list == null ? null : prices.cost(list, call.model(), usage, now).orElse(null);
    }

    /// A token has at least one byte, and the answer ends at its limit.
    ///
    /// @throws SpentException when there is no price, so that no bound can be kept
    public static BigDecimal most(PriceTable prices, Call call, Instant now) throws SpentException {
        var price = of(prices, call, Usage.of(mostInput(call), mostOutput(prices, call)), now);
        if (price == null) {
            throw new SpentException("there is no price for " + call.endpoint().name() + ":" + call.model()
                    + ", so a budget in USD cannot be kept; bound calls instead");
        }
        return price;
    }

    private static long mostInput(Call call) {
        return call.messages().stream()
                .mapToLong(each -> each.content().getBytes(StandardCharsets.UTF_8).length + TOKENS_PER_MESSAGE).sum()
                + Json.text(call.params()).length();
    }

    private static int mostOutput(PriceTable prices, Call call) {
        var asked = call.params().path("maxTokens");
        if (asked.isInt()) {
            return asked.intValue();
        }
        var list = call.endpoint().priceList();
        return list == null ? MAX_OUTPUT : prices.maxOutputTokens(list, call.model()).orElse(MAX_OUTPUT);
    }
}
