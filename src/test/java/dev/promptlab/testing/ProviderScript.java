package dev.promptlab.testing;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What a [ScriptedProvider] does with the requests in one format: first the queued behaviours, one request each, then the
/// standing one.
public final class ProviderScript {
    private final Vendor vendor;
    private final Queue<Behaviour> queued = new ConcurrentLinkedQueue<>();
    private volatile Behaviour standing = Behaviour.answer("ok", 1, 1);

    ProviderScript(Vendor vendor) {
        this.vendor = vendor;
    }

    /// From now on, unless something is queued: this text with this usage.
    public ProviderScript answers(String text, long inputTokens, long outputTokens) {
        return always(Behaviour.answer(text, inputTokens, outputTokens));
    }

    /// From now on, unless something is queued.
    public ProviderScript always(Behaviour behaviour) {
        standing = behaviour;
        return this;
    }

    /// Once, after what is queued already.
    public ProviderScript next(Behaviour behaviour) {
        queued.add(behaviour);
        return this;
    }

    Behaviour take() {
        var next = queued.poll();
        return next == null ? standing : next;
    }

    Vendor vendor() {
        return vendor;
    }
}
