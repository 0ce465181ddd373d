package dev.promptlab.provider;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import org.jspecify.annotations.Nullable;

/// What calls cost: `prices.yaml`, whose header tells the rules, one list of models per vendor (`anthropic`, `openai`, ...).
/// The list `mock` is not in the file: every model of it costs 0. Immutable.
///
/// Money is exact: tokens x price is summed in decimal and rounded once, half up, to [#COST_SCALE] places.
public final class PriceTable {
    /// Digits after the point of every cost.
    public static final int COST_SCALE = 12;

    /// The price list of the mock provider.
    public static final String MOCK = "mock";

    private static final BigDecimal FREE = BigDecimal.ZERO.setScale(COST_SCALE);

    /// Names that are remembered; requests bring any they like.
    private static final int MAX_NAMES = 10_000;

    private record Name(String priceList, String model) {}

    private final Map<String, List<PricedModel>> lists;
    private final LoadingCache<Name, Optional<PricedModel>> found = Caffeine.newBuilder().maximumSize(MAX_NAMES)
            .build(this::find);

    private PriceTable(Map<String, List<PricedModel>> lists) {
        this.lists = lists;
    }

    /// Reads the table that ships with the product.
    public static PriceTable load() {
        try (var stream = PriceTable.class.getResourceAsStream("/prices.yaml")) {
            if (stream == null) {
                throw new IllegalStateException("prices.yaml is missing (bug)");
            }
            return read(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @throws IllegalArgumentException when a field is unknown, misplaced or not a price
    static PriceTable read(InputStream yaml) throws IOException {
        var file = YAMLMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build()
                .readTree(yaml);
        var lists = new HashMap<String, List<PricedModel>>();
        file.properties().forEach(list -> lists.put(list.getKey(),
                list.getValue().valueStream().map(PricedModel::read).toList()));
        return new PriceTable(Map.copyOf(lists));
    }

    /// Names of the lists in the file.
    public Set<String> lists() {
        return lists.keySet();
    }

    /// What a model of a list costs at a time, by the names that the list spells out.
    public SortedMap<String, Listed> listed(String priceList, Instant at) {
        var listed = new TreeMap<String, Listed>();
        lists.getOrDefault(priceList, List.of()).forEach(model -> model.listed(at)
                .ifPresent(price -> model.names().forEach(name -> listed.put(name, price))));
        return listed;
    }

    /// USD per million tokens of calls of usual length.
    ///
    /// @param input null = without a price
    /// @param output null = without a price
    public record Listed(@Nullable BigDecimal input, @Nullable BigDecimal output) {}

    /// What the vendor charges for these tokens, in USD.
    ///
    /// @param priceList whose prices; an unknown list knows no price
    /// @param at when the call was made: prices change by date and, with some vendors, by hour
    /// @return empty when the model is unknown, or when it used a token class that has no price: never a guess, never 0
    public Optional<BigDecimal> cost(String priceList, String model, Usage usage, Instant at) {
        if (priceList.equals(MOCK)) {
            return Optional.of(FREE);
        }
        return found.get(new Name(priceList, model)).flatMap(priced -> priced.exactCost(usage, at))
                .map(usd -> usd.setScale(COST_SCALE, RoundingMode.HALF_UP));
    }

    /// At least what [#cost] will say of a call that is made now or later and uses no more than so many tokens, whatever their
    /// class: rounded up to [#COST_SCALE] places.
    ///
    /// @param from the earliest moment of the call
    /// @return empty when the model is unknown, or has no price for input or output at some later time
    public Optional<BigDecimal> worstCost(String priceList, String model, long input, long output, Instant from) {
        if (priceList.equals(MOCK)) {
            return Optional.of(FREE);
        }
        return found.get(new Name(priceList, model)).flatMap(priced -> priced.worstCost(input, output, from))
                .map(usd -> usd.setScale(COST_SCALE, RoundingMode.CEILING));
    }

    /// The most tokens that one answer of the model may have; empty when the table does not say.
    public Optional<Integer> maxOutputTokens(String priceList, String model) {
        return found.get(new Name(priceList, model)).flatMap(PricedModel::maxOutputTokens);
    }

    private Optional<PricedModel> find(Name name) {
        return PricedModel.find(lists.getOrDefault(name.priceList(), List.of()), name.model());
    }
}
