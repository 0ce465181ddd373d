package dev.promptlab.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has a [Link] whenever Redis is well: connects, looks after it, and connects anew when it was lost. One thread.
final class Upkeep implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration HEARTBEAT = Duration.ofMillis(500);
    /// Nobody waits for a heartbeat: more patience than with a question, so that a moment without a processor is no outage.
    private static final int HEARTBEAT_PATIENCE = 3;

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

    private final RedisUrl url;
    private final Duration patience;
    private final Connector connector;
    private final Consumer<Link> onLink;
    private final AtomicReference<@Nullable Link> current = new AtomicReference<>();
    private final Semaphore lost = new Semaphore(0);
    private final Pauses pauses = new Pauses();
    private final Thread thread = Thread.ofVirtual().name("redis").unstarted(this::run);
    private boolean saidThatItIsAway;

    /// @param patience how long a question may take
    /// @param onLink hears of each new link when questions may use it; must be quick
    Upkeep(RedisUrl url, Duration patience, Consumer<Link> onLink) {
        this.url = url;
        this.patience = patience;
        this.connector = new Connector(url);
        this.onLink = onLink;
    }

    void start() {
        thread.start();
    }

    /// Null while Redis is away or slow.
    @Nullable
    Link link() {
        return current.get();
    }

    /// This link is no good any more; the first who says so ends it.
    void giveUp(Link link, String reason) {
        if (current.compareAndSet(link, null)) {
            log.warn("Redis is away ({}): {}; going on without it", url, reason);
            var _ = link.close();
            lost.release();
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                connect();
                Thread.sleep(pauses.next());
            }
        } catch (InterruptedException e) {
            // close() interrupts
        }
    }

    /// Returns when the link is lost or none could be had.
    private void connect() throws InterruptedException {
        Link link;
        try {
            link = openWell();
        } catch (RuntimeException e) {
            pauses.failed();
            sayThatItIsAway(e);
            return;
        }
        long since = System.nanoTime();
        use(link);
        while (!lost.tryAcquire(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS)) {
            lookAfter(link);
        }
        pauses.lostAfter(Duration.ofNanos(System.nanoTime() - since));
    }

    private Link openWell() throws InterruptedException {
        var link = connector.open();
        try {
            Waiting.until(link.ping(), patience);
            return link;
        } catch (RuntimeException | InterruptedException e) {
            var _ = link.close();
            throw e;
        }
    }

    private void use(Link link) {
        current.set(link);
        saidThatItIsAway = false;
        log.info("Redis answers: {}", url);
        try {
            link.onBroken(() -> giveUp(link, "it closed the connection"));
            onLink.accept(link);
        } catch (RuntimeException e) {
            giveUp(link, Refusals.reason(e));
        }
    }

    private void lookAfter(Link link) throws InterruptedException {
        try {
            Waiting.until(link.ping(), patience.multipliedBy(HEARTBEAT_PATIENCE));
        } catch (RuntimeException e) {
            giveUp(link, Refusals.reason(e));
        }
    }

    private void sayThatItIsAway(RuntimeException e) {
        if (!saidThatItIsAway) {
            saidThatItIsAway = true;
            log.warn("Redis is not there ({}): {}; trying again in the background", url, Refusals.reason(e));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        var link = current.getAndSet(null);
        var ended = link == null ? CompletableFuture.completedFuture(null) : link.close();
        ended.whenComplete((_, _) -> connector.close()).orTimeout(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(_ -> null).join();
    }
}
