package dev.promptlab.provider;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

/// One entry of a price list: which names it stands for, and its prices over time.
///
/// @param ids exact names
/// @param snapshots names that also stand for their dated and numbered versions
/// @param startsWith beginnings of names
/// @param prices the last one that applies wins
record PricedModel(Set<String> ids, Set<String> snapshots, Set<String> startsWith, List<TokenPrices> prices,
        Optional<Integer> maxOutputTokens) {
    private static final Set<String> FIELDS = Set.of("ids", "snapshots", "startsWith", "prices", "maxOutputTokens");
    private static final Pattern SNAPSHOT = Pattern.compile(
            "(-latest|-preview|-exp)?([-@](\\d{8}|\\d{4}-\\d{2}-\\d{2}|\\d{2}-\\d{2}|\\d{2}-\\d{4}|\\d{3,4}))?");
    private static final int EXACT = Integer.MAX_VALUE;
    private static final int SNAPSHOT_RANK = 1 << 20;

    static PricedModel read(JsonNode node) {
        TokenPrices.refuseUnknown(node, FIELDS);
        return new PricedModel(names(node, "ids"), names(node, "snapshots"), names(node, "startsWith"),
                node.path("prices").valueStream().map(TokenPrices::read).toList(),
                Optional.ofNullable(node.get("maxOutputTokens")).map(JsonNode::intValue));
    }

    private static Set<String> names(JsonNode node, String field) {
        return Set.copyOf(node.path(field).valueStream().map(JsonNode::textValue).toList());
    }

    /// The entry that names the model most exactly.
    static Optional<PricedModel> find(List<PricedModel> list, String model) {
        var name = model.toLowerCase(Locale.ROOT);
        return list.stream().filter(entry -> entry.closeness(name).isPresent())
                .max(Comparator.comparingInt(entry -> entry.closeness(name).orElseThrow()));
    }

    /// An exact name beats a snapshot beats a beginning; among equals the longer one.
    private OptionalInt closeness(String name) {
        if (ids.contains(name) || snapshots.contains(name)) {
            return OptionalInt.of(EXACT);
        }
        var ofSnapshots = snapshots.stream().filter(name::startsWith)
                .filter(stem -> SNAPSHOT.matcher(name.substring(stem.length())).matches())
                .map(stem -> SNAPSHOT_RANK + stem.length());
        var ofBeginnings = startsWith.stream().filter(name::startsWith).map(String::length);
        return Stream.concat(ofSnapshots, ofBeginnings).mapToInt(Integer::intValue).max();
    }

    Optional<BigDecimal> exactCost(Usage usage, Instant at) {
        return priceAt(at).flatMap(price -> price.exactCost(usage));
    }

    /// By the dearest of the prices that hold at some time from now on. Empty when one of them is not known.
    Optional<BigDecimal> worstCost(long input, long output, Instant from) {
        var possible = new ArrayList<TokenPrices>();
        for (var price : prices) {
            if (price.holdsAlwaysFrom(from)) {
                possible.clear(); // those before it are over
            }
            possible.add(price);
        }
        var costs = possible.stream().map(price -> price.worstCost(input, output)).toList();
        return costs.stream().anyMatch(Optional::isEmpty) ? Optional.empty()
                : costs.stream().flatMap(Optional::stream).max(Comparator.naturalOrder());
    }

    private Optional<TokenPrices> priceAt(Instant at) {
        return prices.stream().filter(price -> price.applies(at)).reduce((earlier, later) -> later);
    }

    /// The names that a request can give as they stand.
    Set<String> names() {
        return Stream.concat(ids.stream(), snapshots.stream()).collect(Collectors.toUnmodifiableSet());
    }

    Optional<PriceTable.Listed> listed(Instant at) {
        return priceAt(at).map(price -> new PriceTable.Listed(price.usual().get(TokenPrices.TokenClass.INPUT),
                price.usual().get(TokenPrices.TokenClass.OUTPUT)));
    }
}
