package dev.promptlab.limit.budget;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNullElse;

/// A budget that somebody wants.
record Draft(@Nullable UUID apiKeyId, Period period, Limit limit) {
    private static final BigDecimal MOST_USD = new BigDecimal("10000000");
    private static final BigDecimal MOST_TOKENS = new BigDecimal("1000000000000000");
    private static final int USD_SCALE = 12;

    static Draft read(JsonNode body) {
        var in = Fields.of(body);
        var apiKeyId = in.uuid("apiKeyId");
        var period = in.oneOf("period", Period.BY_CODE);
        if (period == null && !in.has("period")) {
            in.reject("period", "is required");
        }
        return new Draft(apiKeyId, requireNonNullElse(period, Period.TOTAL), limit(in));
    }

    static Limit readLimit(JsonNode body) {
        return limit(Fields.of(body));
    }

    /// The last of the fields: ends the reading.
    private static Limit limit(Fields in) {
        var usd = number(in, "limitUSD", MOST_USD, USD_SCALE);
        var tokens = number(in, "limitTokens", MOST_TOKENS, 0);
        in.check();
        if (usd == null && tokens == null) {
            throw new Failure.Invalid(List.of("give limitUSD, limitTokens or both"), Map.of());
        }
        return new Limit(usd, tokens == null ? null : tokens.longValueExact());
    }

    private static @Nullable BigDecimal number(Fields in, String name, BigDecimal most, int scale) {
        var value = in.decimal(name);
        if (value != null && (value.signum() < 0 || value.compareTo(most) > 0
                || value.stripTrailingZeros().scale() > scale)) {
            in.reject(name, "must be from 0 to " + most + " with at most " + scale + " decimal places");
        }
        return value;
    }
}
