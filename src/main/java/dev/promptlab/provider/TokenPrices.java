package dev.promptlab.provider;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// USD per million tokens, while they hold.
///
/// @param from first moment; null = always was
/// @param daily hours of the day, UTC; null = all day
/// @param usual prices of calls up to the threshold of `above`
/// @param above prices of all tokens of a call with a long input; null = the usual ones
record TokenPrices(@Nullable Instant from, @Nullable Hours daily, Map<TokenClass, BigDecimal> usual,
        @Nullable Above above) {

    /// Tokens that are priced alike, and how [Usage] counts them.
    enum TokenClass {
        INPUT("input"), OUTPUT("output"), CACHE_READ("cacheRead"), CACHE_WRITE("cacheWrite"),
        CACHE_WRITE_1H("cacheWrite1h");

        private final String field;

        TokenClass(String field) {
            this.field = field;
        }

        long of(Usage usage) {
            return switch (this) {
                case INPUT -> usage.input();
                case OUTPUT -> usage.output();
                case CACHE_READ -> usage.cacheRead();
                case CACHE_WRITE -> usage.cacheWrite5m();
                case CACHE_WRITE_1H -> usage.cacheWrite1h();
            };
        }
    }

    /// @param end exclusive; before `start` = past midnight
    record Hours(LocalTime start, LocalTime end) {
        static Hours read(String text) {
            var ends = text.split("-", 2);
            return new Hours(LocalTime.parse(ends[0]), LocalTime.parse(ends[1]));
        }

        boolean contains(LocalTime time) {
            var started = !time.isBefore(start);
            var open = time.isBefore(end);
            return end.isBefore(start) ? started || open : started && open;
        }
    }

    /// @param tokens all input tokens of the call, cached ones included, must exceed this
    record Above(long tokens, Map<TokenClass, BigDecimal> prices) {}

    private static final int PER_MILLION = 6;
    private static final Set<String> FIELDS = fields("from", "daily", "above");
    private static final Set<String> ABOVE_FIELDS = fields("tokens");

    private static Set<String> fields(String... others) {
        return Stream.concat(Stream.of(others), Stream.of(TokenClass.values()).map(each -> each.field))
                .collect(Collectors.toUnmodifiableSet());
    }

    static TokenPrices read(JsonNode node) {
        refuseUnknown(node, FIELDS);
        var from = node.path("from").textValue();
        var daily = node.path("daily").textValue();
        return new TokenPrices(
                from == null ? null : LocalDate.parse(from).atStartOfDay(ZoneOffset.UTC).toInstant(),
                daily == null ? null : Hours.read(daily), prices(node),
                node.has("above") ? above(node.get("above")) : null);
    }

    private static Above above(JsonNode node) {
        refuseUnknown(node, ABOVE_FIELDS);
        return new Above(node.required("tokens").longValue(), prices(node));
    }

    private static Map<TokenClass, BigDecimal> prices(JsonNode node) {
        var prices = new EnumMap<TokenClass, BigDecimal>(TokenClass.class);
        for (var tokenClass : TokenClass.values()) {
            var price = node.get(tokenClass.field);
            if (price != null) {
                prices.put(tokenClass, price(tokenClass, price));
            }
        }
        return prices;
    }

    private static BigDecimal price(TokenClass tokenClass, JsonNode node) {
        if (!node.isNumber() || node.decimalValue().signum() < 0) {
            throw new IllegalArgumentException("price of " + tokenClass.field + " must be a number from 0, is " + node);
        }
        return node.decimalValue();
    }

    static void refuseUnknown(JsonNode node, Set<String> known) {
        node.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw new IllegalArgumentException("unknown field \"" + field + "\" in " + node);
            }
        });
    }

    boolean applies(Instant at) {
        return (from == null || !at.isBefore(from))
                && (daily == null || daily.contains(LocalTime.ofInstant(at, ZoneOffset.UTC)));
    }

    boolean holdsAlwaysFrom(Instant at) {
        return (from == null || !at.isBefore(from)) && daily == null;
    }

    /// At least what so many tokens cost, whatever their class; empty without a price for input or output.
    Optional<BigDecimal> worstCost(long input, long output) {
        var cost = worstCost(usual, input, output);
        return above == null || input <= above.tokens() || cost.isEmpty() ? cost
                : worstCost(above.prices(), input, output).map(cost.get()::max);
    }

    private static Optional<BigDecimal> worstCost(Map<TokenClass, BigDecimal> prices, long input, long output) {
        var ofOutput = prices.get(TokenClass.OUTPUT);
        if (ofOutput == null || !prices.containsKey(TokenClass.INPUT)) {
            return Optional.empty();
        }
        var ofInput = prices.entrySet().stream().filter(price -> price.getKey() != TokenClass.OUTPUT)
                .map(Map.Entry::getValue).reduce(BigDecimal.ZERO, BigDecimal::max);
        return Optional.of(ofInput.multiply(BigDecimal.valueOf(input))
                .add(ofOutput.multiply(BigDecimal.valueOf(output))).movePointLeft(PER_MILLION));
    }

    /// Unrounded; empty when a class that was used has no price.
    Optional<BigDecimal> exactCost(Usage usage) {
        var prices = above != null && usage.allInput() > above.tokens() ? above.prices() : usual;
        var sum = BigDecimal.ZERO;
        for (var tokenClass : TokenClass.values()) {
            var tokens = tokenClass.of(usage);
            if (tokens == 0) {
                continue;
            }
            var price = prices.get(tokenClass);
            if (price == null) {
                return Optional.empty();
            }
            sum = sum.add(price.multiply(BigDecimal.valueOf(tokens)));
        }
        return Optional.of(sum.movePointLeft(PER_MILLION));
    }
}
