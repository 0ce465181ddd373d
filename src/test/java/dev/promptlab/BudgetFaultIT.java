package dev.promptlab;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.BudgetClient;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.JobClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Budgets when processes are killed under calls, submits and settlements.
class BudgetFaultIT {
    private Fleet fleet;

    @BeforeEach
    void open() {
        fleet = new Fleet();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void aKilledProcessNeitherLosesNorSpendsTwiceWhatIsReserved() {
        fleet.provider().anthropic().always(Behaviour.answer("ok", 36, 783).after(Duration.ofMillis(300)));
        try (var survivor = fleet.serve(Map.of())) {
            var budgets = new BudgetClient(ApiClient.of(survivor.url()));
            var budget = budgets.create("total", "0.2");
            try (var victim = fleet.serve(Map.of())) {
                var nodes = new ApiClient[]{ApiClient.of(survivor.url()), ApiClient.of(victim.url())};
                var answers = Fleet.inParallel(40, i -> nodes[i % 2].post("/generate", call("call " + i)).status());
                assertThat(answers).containsOnly(202, 402);
                fleet.provider().awaitCalls(6);
                victim.kill();
            }
            fleet.awaitAllEnded(survivor);

            var settled = budgets.settled(budget);
            assertThat(settled.get("spentUSD").decimalValue()).isPositive().isEqualByComparingTo(recorded());
            assertThat(settled.get("spentUSD").decimalValue().add(settled.get("unknownUSD").decimalValue()))
                    .isLessThanOrEqualTo(new BigDecimal("0.2"));
            assertThat(settled.get("remainingUSD").decimalValue()).isPositive();
            assertThat(fleet.queue().violations()).isEmpty();
        }
    }

    private static ObjectNode call(String content) {
        var request = JobClient.request(content + " " + UUID.randomUUID());
        request.putObject("params").put("maxTokens", 7_800);
        return request;
    }

    private BigDecimal recorded() {
        return fleet.database().db().autocommit(handle -> handle.createQuery("select sum(cost_usd) from job_attempt")
                .mapTo(BigDecimal.class).one());
    }
}
