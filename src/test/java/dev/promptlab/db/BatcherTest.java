package dev.promptlab.db;

import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class BatcherTest {
    private final ConcurrentLinkedQueue<List<Integer>> batches = new ConcurrentLinkedQueue<>();
    private final CountDownLatch firstBatchStarted = new CountDownLatch(1);
    private final CountDownLatch firstBatchMayEnd = new CountDownLatch(1);

    @AfterEach
    void letTheFirstBatchEnd() {
        firstBatchMayEnd.countDown();
    }

    @Test
    void everyCallerGetsItsOwnAnswer() throws InterruptedException {
        try (var batcher = new Batcher<Integer, Integer>("test", 3, items -> items.stream().map(n -> n * n).toList());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, 2_000).<Callable<Integer>>mapToObj(n -> () -> batcher.call(n)).toList();
            assertThat(threads.invokeAll(calls)).extracting(Future::resultNow)
                    .containsExactlyElementsOf(IntStream.range(0, 2_000).mapToObj(n -> n * n).toList());
        }
    }

    @Test
    void whatWaitsWhileABatchRunsGoesTogether() throws Exception {
        try (var batcher = new Batcher<Integer, Integer>("test", 1, this::slowAtFirst)) {
            var calls = callsBehindASlowBatch(batcher, 1, 2, 3, 4, 5);
            firstBatchMayEnd.countDown();
            for (var call : calls) {
                call.get();
            }
            assertThat(batches).satisfiesExactly(first -> assertThat(first).containsExactly(0),
                    second -> assertThat(second).containsExactlyInAnyOrder(1, 2, 3, 4, 5));
        }
    }

    @Test
    void aBadRequestFailsAlone() throws Exception {
        try (var batcher = new Batcher<Integer, Integer>("test", 1, this::slowAtFirstAndOnlyPositive)) {
            var calls = callsBehindASlowBatch(batcher, 1, -2, 3);
            firstBatchMayEnd.countDown();
            assertThat(calls.get(0).get()).isEqualTo(10);
            assertThatThrownBy(calls.get(1)::get).hasRootCauseInstanceOf(IllegalArgumentException.class)
                    .hasRootCauseMessage("negative: -2");
            assertThat(calls.get(2).get()).isEqualTo(30);
        }
    }

    @Test
    void aDatabaseThatIsAwayIsNotAskedAgainForEachRequest() throws Exception {
        try (var batcher = new Batcher<Integer, Integer>("test", 1, this::slowAtFirstThenAway)) {
            var calls = callsBehindASlowBatch(batcher, 1, 2, 3);
            firstBatchMayEnd.countDown();
            for (var call : calls) {
                assertThatThrownBy(call::get).hasRootCauseInstanceOf(SQLTransientException.class);
            }
            assertThat(batches).hasSize(2);
        }
    }

    @Test
    void theCallerSeesTheExceptionItself() {
        try (var batcher = new Batcher<Integer, Integer>("test", 1, _ -> {
            throw new IllegalArgumentException("no");
        })) {
            assertThatThrownBy(() -> batcher.call(1)).isInstanceOf(IllegalArgumentException.class).hasMessage("no");
        }
    }

    @Test
    void anErrorReachesTheCallerAndTheRunnerLivesOn() throws InterruptedException {
        try (var batcher = new Batcher<Integer, Integer>("test", 1, items -> {
            if (items.contains(0)) {
                throw new StackOverflowError();
            }
            return items;
        })) {
            assertThatThrownBy(() -> batcher.call(0)).isInstanceOf(StackOverflowError.class);
            assertThat(batcher.call(1)).isEqualTo(1);
        }
    }

    @Test
    void answersThatDoNotMatchTheRequestsAreNotHandedOut() {
        try (var batcher = new Batcher<Integer, Integer>("test", 1, _ -> List.of(1, 2))) {
            assertThatThrownBy(() -> batcher.call(1)).isInstanceOf(AssertionError.class)
                    .hasMessageContaining("1 requests got 2 answers");
        }
    }

    @Test
    void closingAnswersWhatCameBeforeAndRefusesTheRest() throws Exception {
        var batcher = new Batcher<Integer, Integer>("test", 2, this::slowAtFirst);
        var calls = callsBehindASlowBatch(batcher, 1, 2);
        var closing = Thread.ofVirtual().start(batcher::close);
        firstBatchMayEnd.countDown();
        closing.join();
        assertThat(List.of(calls.get(0).get(), calls.get(1).get())).containsExactly(10, 20);
        assertThatThrownBy(() -> batcher.call(3)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stopping");
    }

    /// Starts a call of 0, whose batch goes on until it may end, and behind it the others; returns when all of them wait.
    private List<FutureTask<Integer>> callsBehindASlowBatch(Batcher<Integer, Integer> batcher, int... items)
            throws InterruptedException {
        start(new FutureTask<>(() -> batcher.call(0)));
        firstBatchStarted.await();
        var calls = new ArrayList<FutureTask<Integer>>();
        for (int item : items) {
            var call = new FutureTask<>(() -> batcher.call(item));
            calls.add(call);
            var thread = start(call);
            while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
                Thread.onSpinWait();
            }
        }
        return calls;
    }

    private static Thread start(Runnable task) {
        return Thread.ofPlatform().daemon().start(task);
    }

    private List<Integer> slowAtFirst(List<Integer> items) {
        batches.add(items);
        if (items.contains(0)) {
            firstBatchStarted.countDown();
            try {
                firstBatchMayEnd.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
        }
        return items.stream().map(n -> n * 10).toList();
    }

    private List<Integer> slowAtFirstThenAway(List<Integer> items) {
        var answers = slowAtFirst(items);
        if (!items.contains(0)) {
            throw new IllegalStateException("no connection", new SQLTransientException());
        }
        return answers;
    }

    private List<Integer> slowAtFirstAndOnlyPositive(List<Integer> items) {
        items.stream().filter(n -> n < 0).findFirst().ifPresent(n -> {
            throw new IllegalArgumentException("negative: " + n);
        });
        return slowAtFirst(items);
    }
}
