package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import dev.promptlab.db.Database;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestRedis;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Several processes count in Redis; Redis dies, hangs, forgets, or some of them lose it, or lose PostgreSQL, or die: never more
/// than the limit is admitted in any stretch of time as long as the window, and nobody gets an error while PostgreSQL is there.
@Tag("redis")
class RedisAwayTest {
    private static final Duration WINDOW = Duration.ofMillis(600);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Ask ASK = new Ask("one", 40, WINDOW);
    private static final int NODES = 3;
    private static final int TROUBLES = 9;

    private final Random random = new Random(seed());
    private final Admissions admissions = new Admissions();
    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final List<WindowNode> nodes = new CopyOnWriteArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();

    private static long seed() {
        return Long.getLong("limits.seed", 20_260_101L);
    }

    @Test
    void neverAboveTheLimitWhateverFails() throws Exception {
        try (var database = TestDatabase.create(); var redis = TestRedis.start()) {
            for (int i = 0; i < NODES; i++) {
                nodes.add(new WindowNode(database, redis, WINDOW));
            }
            awaitRedis();
            var clients = clients();
            for (int i = 0; i < Integer.getInteger("limits.troubles", TROUBLES); i++) {
                trouble(i, database, redis);
                pause(random.nextInt(400));
            }
            awaitRedis();
            over.set(true);
            for (var client : clients) {
                client.join();
            }
            nodes.forEach(WindowNode::close);
            assertThat(errors).isEmpty();
            assertThat(admissions.count()).isGreaterThan(ASK.limit() * 4);
            assertThat(admissions.mostWithin(WINDOW)).isBetween(ASK.limit() * 95 / 100, ASK.limit());
        }
    }

    private List<Thread> clients() {
        var clients = new ArrayList<Thread>();
        for (int i = 0; i < 2 * NODES; i++) {
            int own = i % NODES;
            clients.add(Thread.ofVirtual().start(() -> {
                while (!over.get()) {
                    tryOnce(nodes.get(own));
                    pause(1);
                }
            }));
        }
        return clients;
    }

    private void tryOnce(WindowNode node) {
        try {
            long begin = System.nanoTime();
            if (node.windows().admit(ASK).admitted()) {
                admissions.add(begin, System.nanoTime());
            }
        } catch (RuntimeException e) {
            if (!Database.mayPass(e) && nodes.contains(node)) { // its way to PostgreSQL is cut
                errors.add(e);
            }
        }
    }

    private void trouble(int number, TestDatabase database, TestRedis redis) {
        var some = nodes.get(random.nextInt(NODES));
        switch (number % 9) {
            case 0 -> {
                redis.kill();
                pause(random.nextInt(1_200));
                redis.restart();
            }
            case 2 -> {
                some.cutRedis(true);
                pause(random.nextInt(1_000));
                some.cutRedis(false);
            }
            case 4 -> redis.ask("flushall");
            case 6 -> {
                nodes.set(nodes.indexOf(some), new WindowNode(database, redis, WINDOW));
                some.crash();
                redis.restart();
            }
            case 7 -> {
                some.cutPostgres(true);
                pause(random.nextInt(1_500));
                some.cutPostgres(false);
            }
            case 8 -> {
                redis.stop();
                pause(random.nextInt(1_000));
                redis.cont();
            }
            default -> awaitRedis();
        }
    }

    private void awaitRedis() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!nodes.stream().allMatch(WindowNode::countsInRedis)) {
            assertThat(System.nanoTime()).as("nodes come back to Redis by themselves").isLessThan(end);
            pause(5);
        }
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }
}
