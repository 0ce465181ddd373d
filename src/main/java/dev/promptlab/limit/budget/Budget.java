package dev.promptlab.limit.budget;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A limit on what a workspace, or one API key of it, uses in a period, and how much of that is gone.
///
/// @param apiKeyId whose jobs count; null = all of the workspace
record Budget(UUID id, UUID workspaceId, @Nullable UUID apiKeyId, Period period, Limit limit, Use use,
        Instant createdAt, Instant updatedAt) {
    /// So much of a limit gone is worth a warning.
    private static final BigDecimal WARNING = new BigDecimal("0.8");

    boolean concerns(Claim claim) {
        return workspaceId.equals(claim.workspaceId()) && (apiKeyId == null || apiKeyId.equals(claim.apiKeyId()));
    }

    Budget holding(Amount more) {
        return new Budget(id, workspaceId, apiKeyId, period, limit, use.holding(more), createdAt, updatedAt);
    }

    /// Why a call may not be made; empty = it fits.
    Optional<Failure> refuse(WorstCase worst) {
        for (var unit : Unit.values()) {
            var most = unit.of(limit);
            if (most == null) {
                continue;
            }
            var need = unit.of(worst);
            if (need == null) {
                return Optional.of(new Failure.Conflict("the " + name() + " limits " + unit.word()
                        + ", and what this call may use is not bounded: " + worst.missing()));
            }
            if (unit.of(use.gone()).add(need).compareTo(most) > 0) {
                return Optional.of(exceeded(unit, most, need));
            }
        }
        return Optional.empty();
    }

    private Failure exceeded(Unit unit, BigDecimal most, BigDecimal need) {
        var held = unit.of(use.held().plus(use.unknown()));
        var used = unit.of(use.spent());
        var end = use.resetAt() == null ? "raise the limit with PUT /budgets/" + id
                : "it starts anew at " + Json.time(use.resetAt());
        var details = Json.object().put("id", id.toString())
                .put("apiKeyId", apiKeyId == null ? null : apiKeyId.toString()).put("period", period.code())
                .put("unit", unit.code()).put("limit", most).put("used", used).put("held", held).put("needed", need)
                .put("resetAt", use.resetAt() == null ? null : Json.time(use.resetAt()));
        return new Failure.BudgetExceeded("the " + name() + " of " + plain(most) + " " + unit.word() + " has "
                + plain(most.subtract(used).subtract(held).max(BigDecimal.ZERO)) + " left (" + plain(used)
                + " used, " + plain(held) + " held), and this call may use " + plain(need) + "; " + end, details);
    }

    /// Empty while less than 80 % of each limit is gone.
    Optional<String> warning() {
        return Stream.of(Unit.values()).filter(this::isNearlyGone).findFirst().map(unit -> name() + ": "
                + plain(unit.of(use.gone())) + " of " + plain(unit.of(limit)) + " " + unit.word() + " used or held");
    }

    private boolean isNearlyGone(Unit unit) {
        var most = unit.of(limit);
        return most != null && unit.of(use.gone()).compareTo(most.multiply(WARNING)) >= 0;
    }

    /// `month budget of the workspace`
    private String name() {
        return (period == Period.TOTAL ? "total" : period.code()) + " budget of "
                + (apiKeyId == null ? "the workspace" : "the API key");
    }

    private static String plain(@Nullable BigDecimal number) {
        return number == null ? "" : number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    ObjectNode toJson() {
        var json = Json.object().put("id", id.toString())
                .put("apiKeyId", apiKeyId == null ? null : apiKeyId.toString()).put("period", period.code())
                .put("limitUSD", limit.usd()).put("limitTokens", limit.tokens())
                .put("startedAt", period == Period.TOTAL ? null : Json.time(use.start()))
                .put("resetAt", use.resetAt() == null ? null : Json.time(use.resetAt()))
                .put("spentUSD", use.spent().usd()).put("spentTokens", use.spent().tokens())
                .put("heldUSD", use.held().usd()).put("heldTokens", use.held().tokens())
                .put("unknownUSD", use.unknown().usd()).put("unknownTokens", use.unknown().tokens());
        var tokensLeft = left(Unit.TOKENS);
        return json.put("remainingUSD", left(Unit.USD))
                .put("remainingTokens", tokensLeft == null ? null : tokensLeft.longValueExact())
                .put("warning", warning().isPresent())
                .put("warnedAt", use.warnedAt() == null ? null : Json.time(use.warnedAt()))
                .put("createdAt", Json.time(createdAt)).put("updatedAt", Json.time(updatedAt));
    }

    private @Nullable BigDecimal left(Unit unit) {
        var most = unit.of(limit);
        return most == null ? null : most.subtract(unit.of(use.gone())).max(BigDecimal.ZERO);
    }
}
