package dev.promptlab.eval.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashSet;

import dev.promptlab.eval.run.EvalRun.Estimate;
import dev.promptlab.eval.suite.UnfilledException;
import dev.promptlab.provider.Offer;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.TokenEstimate;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// Counts what a run would call. Identical calls count once, cells without a prompt not at all.
public final class DryRun {
    /// Whether the answer to a call is there already.
    @FunctionalInterface
    public interface Known {
        boolean test(Call call) throws IOException;
    }

    private static final int LONGEST = 4_096;

    private final Plan plan;
    private final Known known;
    private final Offer offer;
    private final PriceTable prices;
    private final boolean strict;
    private final Instant now;
    private final HashSet<String> seen = new HashSet<>();
    private long made;
    private long hits;
    private long inputTokens;
    private @Nullable BigDecimal least = BigDecimal.ZERO;
    private @Nullable BigDecimal most = BigDecimal.ZERO;

    DryRun(Plan plan, Known known, Offer offer, PriceTable prices, boolean strict, Instant now) {
        this.plan = plan;
        this.known = known;
        this.offer = offer;
        this.prices = prices;
        this.strict = strict;
        this.now = now;
    }

    Estimate estimate() throws IOException {
        for (var cell = 0; cell < plan.cells(); cell++) {
            count(plan.cell(cell));
        }
        return new Estimate(plan.cells(), made, hits, inputTokens, number(least), number(most));
    }

    private static @Nullable Double number(@Nullable BigDecimal usd) {
        return usd == null ? null : (Double) usd.doubleValue();
    }

    private void count(Cell cell) throws IOException {
        var endpoint = offer.find(cell.variant().provider());
        if (endpoint.isEmpty() || cell.testCase().options().providerOutput() != null) {
            return;
        }
        try {
            var messages = cell.variant().prompt().messages(cell.testCase().vars(), cell.testCase().options(), strict);
            var call = new Call(endpoint.get(), cell.variant().model(), messages, cell.variant().params(),
                    cell.repeat(), false);
            if (!seen.add(call.hash()) || known.test(call)) {
                hits++;
                return;
            }
            made++;
            var tokens = TokenEstimate.of(messages);
            inputTokens += tokens;
            least = plus(least, call, Usage.of(tokens, 0));
            most = plus(most, call, Usage.of(tokens, call.params().path("maxTokens").asInt(LONGEST)));
        } catch (UnfilledException e) {
            // The run will say so; there is no call.
        }
    }

    private @Nullable BigDecimal plus(@Nullable BigDecimal sum, Call call, Usage usage) {
        var list = call.endpoint().priceList();
        var price = list == null ? null : prices.cost(list, call.model(), usage, now).orElse(null);
        return sum == null || price == null ? null : sum.add(price);
    }
}
