package dev.promptlab.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import dev.promptlab.testing.Eventually;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SingleFlightTest {
    private static final int CALLERS = 50;

    private final SingleFlight<String, String> flight = new SingleFlight<>();
    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch landed = new CountDownLatch(1);

    @Test
    void simultaneousLoadsAreOne() throws Exception {
        for (var answer : together(() -> flight.load("key", () -> load("value")))) {
            assertThat(answer.get()).isEqualTo("value");
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void allGetTheFailureOfALoadAndTheNextTriesAgain() throws InterruptedException {
        var answers = together(() -> flight.load("key", () -> {
            load("nothing");
            throw new IllegalArgumentException("broken");
        }));
        assertThat(answers).allSatisfy(answer -> assertThatThrownBy(answer::get).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOf(IllegalArgumentException.class).hasMessage("broken"));
        assertThat(loads).hasValue(1);
        assertThat(flight.load("key", () -> "well again")).isEqualTo("well again");
    }

    @Test
    void otherKeysDoNotWait() throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var slow = threads.submit(() -> flight.load("slow", () -> load("slow")));
            assertThat(flight.load("quick", () -> "quick")).isEqualTo("quick");
            assertThat(slow.isDone()).isFalse();
            landed.countDown();
        }
    }

    private String load(String value) {
        loads.incrementAndGet();
        try {
            landed.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return value;
    }

    /// Lets the load end when all wait for it.
    private List<Future<String>> together(Callable<String> call) throws InterruptedException {
        var threads = new ArrayList<Thread>();
        var factory = Thread.ofVirtual().factory();
        try (var executor = Executors.newThreadPerTaskExecutor(task -> {
            var thread = factory.newThread(task);
            threads.add(thread);
            return thread;
        })) {
            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < CALLERS; i++) {
                answers.add(executor.submit(call));
            }
            Eventually.holds("all wait",
                    () -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
            landed.countDown();
            return answers;
        }
    }
}
