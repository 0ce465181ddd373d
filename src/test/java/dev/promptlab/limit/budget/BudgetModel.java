package dev.promptlab.limit.budget;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import static java.time.DayOfWeek.MONDAY;
import static java.util.Objects.requireNonNull;

/// Budgets as one would keep them on paper: what the store is compared with.
final class BudgetModel {
    record Rule(UUID id, @Nullable UUID apiKeyId, Period period, Limit limit) {
        boolean concerns(Claim claim) {
            return apiKeyId == null || apiKeyId.equals(claim.apiKeyId());
        }

        Instant periodOf(Instant now) {
            var day = now.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS);
            return switch (period) {
                case DAY -> day.toInstant();
                case WEEK -> day.with(TemporalAdjusters.previousOrSame(MONDAY)).toInstant();
                case MONTH -> day.withDayOfMonth(1).toInstant();
                case TOTAL -> Instant.EPOCH;
            };
        }
    }

    /// @param unknown what the call may have cost beyond `recorded`
    record Attempt(Amount recorded, Amount unknown) {}

    /// A budget in a period.
    record Place(UUID budgetId, Instant start) {}

    record State(Amount spent, Amount held, Amount unknown) {
        static final State EMPTY = new State(Amount.ZERO, Amount.ZERO, Amount.ZERO);

        Amount gone() {
            return spent.plus(held).plus(unknown);
        }
    }

    /// A job of one life.
    static final class Life {
        final Claim claim;
        final Map<Place, Amount> holds = new HashMap<>();
        final List<Attempt> attempts = new ArrayList<>();
        boolean ended;

        Life(Claim claim) {
            this.claim = claim;
        }

        Amount recordedAndUnknown() {
            return attempts.stream().map(each -> each.recorded().plus(each.unknown())).reduce(Amount.ZERO,
                    Amount::plus);
        }
    }

    final List<Rule> rules;
    final Map<Place, State> states = new HashMap<>();
    final Map<UUID, Life> lives = new HashMap<>();

    BudgetModel(List<Rule> rules) {
        this.rules = rules;
    }

    boolean submit(Claim claim, Instant now) {
        var call = claim.worst().amount();
        var places = rules.stream().filter(rule -> rule.concerns(claim))
                .map(rule -> new Place(rule.id(), rule.periodOf(now))).toList();
        if (!places.stream().allMatch(place -> fits(place, call))) {
            return false;
        }
        var life = new Life(claim);
        places.forEach(place -> hold(life, place, call));
        lives.put(claim.jobId(), life);
        return true;
    }

    /// Before one more call.
    boolean extend(UUID jobId) {
        var life = requireNonNull(lives.get(jobId));
        var needed = life.recordedAndUnknown().plus(life.claim.worst().amount());
        var missing = new HashMap<Place, Amount>();
        life.holds.forEach((place, held) -> missing.put(place, new Amount(
                needed.usd().subtract(held.usd()).max(BigDecimal.ZERO),
                Math.max(0, needed.tokens() - held.tokens()))));
        if (!missing.entrySet().stream().allMatch(each -> fits(each.getKey(), each.getValue()))) {
            return false;
        }
        missing.forEach((place, more) -> hold(life, place, more));
        return true;
    }

    private boolean fits(Place place, Amount more) {
        var limit = rules.stream().filter(rule -> rule.id().equals(place.budgetId())).findFirst().orElseThrow()
                .limit();
        var gone = states.getOrDefault(place, State.EMPTY).gone().plus(more);
        return (limit.usd() == null || gone.usd().compareTo(limit.usd()) <= 0)
                && (limit.tokens() == null || gone.tokens() <= limit.tokens());
    }

    private void hold(Life life, Place place, Amount more) {
        life.holds.merge(place, more, Amount::plus);
        var state = states.getOrDefault(place, State.EMPTY);
        states.put(place, new State(state.spent(), state.held().plus(more), state.unknown()));
    }

    void settle(UUID jobId) {
        var life = requireNonNull(lives.get(jobId));
        life.holds.forEach((place, held) -> {
            var state = requireNonNull(states.get(place));
            for (var attempt : life.attempts) {
                state = new State(state.spent().plus(attempt.recorded()), state.held(),
                        state.unknown().plus(attempt.unknown()));
            }
            states.put(place, new State(state.spent(),
                    new Amount(state.held().usd().subtract(held.usd()), state.held().tokens() - held.tokens()),
                    state.unknown()));
        });
        life.holds.clear();
    }
}
