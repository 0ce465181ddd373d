package dev.promptlab.provider;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/// An exchange over `java.net.http`.
///
/// The future of the exchange stays open until the body has ended, because cancelling that very future is what closes the
/// connection at any time.
final class Inbox implements HttpResponse.BodyHandler<Void>, HttpResponse.BodySubscriber<Void>, Arrivals {
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> body = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription subscription;
    private @Nullable CompletableFuture<HttpResponse<Void>> exchange;
    private boolean ended;

    /// Takes the future of the exchange that this inbox is for.
    void follow(CompletableFuture<HttpResponse<Void>> newExchange) {
        exchange = newExchange;
        var _ = newExchange.whenComplete((_, failure) -> {
            if (failure != null) {
                var cause = failure instanceof CompletionException ? failure.getCause() : failure;
                arrivals.add(new Arrival.Broken(cause == null ? failure : cause));
            }
        });
    }

    @Override
    public @Nullable Arrival next(Deadline deadline) throws InterruptedException {
        var nanos = deadline.remainingNanos();
        var arrival = nanos <= 0 ? null : arrivals.poll(nanos, TimeUnit.NANOSECONDS);
        ended |= arrival instanceof Arrival.End;
        return arrival;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void more() {
        Objects.requireNonNull(subscription, "no body yet (bug)").request(1);
    }

    /// Ends the exchange and closes its connection, unless the body has ended: then the connection serves the next call.
    @Override
    public void close() {
        if (!ended) {
            Objects.requireNonNull(exchange, "no exchange yet (bug)").cancel(true);
        }
    }

    @Override
    public HttpResponse.BodySubscriber<Void> apply(HttpResponse.ResponseInfo info) {
        arrivals.add(new Arrival.Head(info));
        return this;
    }

    @Override
    public CompletionStage<Void> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        newSubscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        arrivals.add(new Arrival.Bytes(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        body.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        arrivals.add(new Arrival.End());
        body.complete(null);
    }
}
