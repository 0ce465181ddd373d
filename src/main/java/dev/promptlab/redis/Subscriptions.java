package dev.promptlab.redis;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.lettuce.core.pubsub.RedisPubSubAdapter;

/// Who wants to hear what other processes publish.
final class Subscriptions extends RedisPubSubAdapter<String, String> {
    private record Subscription(Consumer<String> onHint, Runnable onGap) {}

    private final Map<String, Subscription> byChannel = new ConcurrentHashMap<>();
    private final String self = UUID.randomUUID() + " ";

    void add(String channel, Consumer<String> onHint, Runnable onGap) {
        if (byChannel.putIfAbsent(channel, new Subscription(onHint, onGap)) != null) {
            throw new IllegalStateException(channel + " has a subscription already (bug)");
        }
    }

    /// As it is sent.
    String signed(String hint) {
        return self + hint;
    }

    void listen(Link link) {
        link.hints().addListener(this);
        byChannel.keySet().forEach(channel -> listen(link, channel));
    }

    static void listen(Link link, String channel) {
        var _ = link.hints().async().subscribe(channel);
    }

    @Override
    public void message(String channel, String message) {
        var subscription = byChannel.get(channel);
        if (subscription != null && !message.startsWith(self)) {
            subscription.onHint().accept(message.substring(message.indexOf(' ') + 1));
        }
    }

    @Override
    public void subscribed(String channel, long count) {
        var subscription = byChannel.get(channel);
        if (subscription != null) {
            subscription.onGap().run();
        }
    }
}
