package dev.promptlab.eval.gate;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// What a suite asks for: the key `gate:` of its file. Shares are 0 to 1.
///
/// @param tolerance a drop up to here never blocks, however certain it is
/// @param margin a drop of this size must be excluded to pass
/// @param metrics what must not get worse: `pass`, `score`, or named scores
/// @param tags groups of cases that must not get worse on their own
/// @param limits fixed bounds
/// @param maxErrors share of answers that may be errors
/// @param failInconclusive whether an inconclusive run fails
/// @param quarantine cases that are left out for a while
public record GatePolicy(double tolerance, double margin, List<String> metrics, List<String> tags,
        Limits limits, double maxErrors, boolean failInconclusive, List<Quarantine> quarantine) {

    /// Whether an answer passed, 0 or 1.
    public static final String PASS = "pass";
    /// The weighted mean of its assertions.
    public static final String SCORE = "score";

    public static final GatePolicy DEFAULT = new GatePolicy(0, 0.05, List.of(PASS), List.of(), Limits.NONE, 0.02,
            false, List.of());

    /// Bounds that hold whatever the statistics say; null = none.
    ///
    /// @param minPassRate of the candidate
    /// @param maxCostRatio cost of the candidate by that of the baseline
    /// @param maxCostUsd of the candidate
    /// @param maxP95Ratio as `maxCostRatio`, of the 95th percentile of the latency
    /// @param maxP95Ms of the candidate
    public record Limits(@Nullable Double minPassRate, @Nullable Double maxCostRatio, @Nullable Double maxCostUsd,
            @Nullable Double maxP95Ratio, @Nullable Double maxP95Ms) {
        public static final Limits NONE = new Limits(null, null, null, null, null);

        static Limits read(JsonNode json) {
            return new Limits(orNull(json, "minPassRate"), number(json, "maxCostRatio"), number(json, "maxCostUsd"),
                    number(json, "maxP95Ratio"), number(json, "maxP95Ms"));
        }

        private static @Nullable Double number(JsonNode json, String key) {
            if (json.hasNonNull(key) && (!json.get(key).isNumber() || json.get(key).doubleValue() < 0)) {
                throw new IllegalArgumentException("gate." + key + ": needs a number from 0, is " + json.get(key));
            }
            return json.hasNonNull(key) ? (Double) json.get(key).doubleValue() : null;
        }
    }

    /// A case that is known to be unreliable.
    ///
    /// @param until the last day, UTC; from the next on the case counts again
    public record Quarantine(String caseId, LocalDate until, String reason) {
        boolean holds(LocalDate today) {
            return !today.isAfter(until);
        }
    }

    public GatePolicy {
        metrics = metrics.isEmpty() ? List.of(PASS) : List.copyOf(metrics);
        tags = List.copyOf(tags);
        quarantine = List.copyOf(quarantine);
    }

    private static final Set<String> KEYS = Set.of("tolerance", "margin", "metrics", "tags", "minPassRate",
            "maxCostRatio", "maxCostUsd", "maxP95Ratio", "maxP95Ms", "maxErrors", "inconclusive", "quarantine");

    /// Reads the key `gate:`. Shares are written as `0.05`, `5%` or `5pp`; numbers above 1 are percent.
    ///
    /// @throws IllegalArgumentException when something is no share, no date or no key; the message says which
    public static GatePolicy read(JsonNode json) {
        json.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("gate." + key + ": there is no such key; there are "
                        + String.join(", ", new TreeSet<>(KEYS)));
            }
        });
        return new GatePolicy(share(json, "tolerance", 0.0), share(json, "margin", DEFAULT.margin()),
                texts(json.path("metrics")), texts(json.path("tags")),
                Limits.read(json), share(json, "maxErrors", DEFAULT.maxErrors()), failInconclusive(json),
                json.path("quarantine").valueStream().map(GatePolicy::quarantine).toList());
    }

    private static boolean failInconclusive(JsonNode json) {
        return switch (json.path("inconclusive").asText("pass")) {
            case "fail" -> true;
            case "pass" -> false;
            default -> throw new IllegalArgumentException("gate.inconclusive: needs pass or fail, is "
                    + json.get("inconclusive"));
        };
    }

    private static Quarantine quarantine(JsonNode json) {
        try {
            return new Quarantine(json.path("case").asText(), LocalDate.parse(json.path("until").asText()),
                    json.path("reason").asText());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("gate.quarantine: needs `until: YYYY-MM-DD`, has " + json);
        }
    }

    private static List<String> texts(JsonNode json) {
        return json.isTextual() ? List.of(json.textValue()) : json.valueStream().map(JsonNode::asText).toList();
    }

    private static @Nullable Double orNull(JsonNode json, String key) {
        return json.hasNonNull(key) ? (Double) share(json, key, 0.0) : null;
    }

    private static double share(JsonNode json, String key, double otherwise) {
        return json.hasNonNull(key) ? share("gate." + key, json.get(key).asText()) : otherwise;
    }

    /// `0.05`, `5%`, `5pp`, `5`
    ///
    /// @param name for the message
    public static double share(String name, String text) {
        var number = text.strip().replaceFirst("\\s*(%|pp)$", "");
        try {
            var value = Double.parseDouble(number);
            var share = value > 1 || !number.equals(text.strip()) ? value / 100 : value;
            if (share >= 0 && Double.isFinite(share)) {
                return share;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException(name + ": needs a share like 0.05, 5% or 5pp, is \"" + text + "\"");
    }
}
