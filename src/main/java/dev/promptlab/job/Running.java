package dev.promptlab.job;

import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/// The jobs that this process works on. Thread-safe.
final class Running {
    /// Why a call was cut.
    enum Cut {
        /// A member cancelled the job.
        CANCELLED,
        /// The lease went to somebody else: whatever comes out is refused.
        LOST,
        /// The process stops and its patience is over.
        STOPPING
    }

    /// One job in work.
    static final class Slot {
        private final ClaimedJob job;
        private @Nullable Thread caller;
        private @Nullable Cut cut;
        private boolean over;

        private Slot(ClaimedJob job) {
            this.job = job;
        }

        ClaimedJob job() {
            return job;
        }

        /// The current thread is about to call the provider. Until [#callEnded] a cut interrupts it.
        synchronized void callBegins() {
            caller = Thread.currentThread();
            if (cut != null) {
                caller.interrupt();
            }
        }

        /// Interrupts the provider call; nothing happens when it is over already.
        synchronized void cut(Cut why) {
            if (!over) {
                cut = why;
                if (caller != null) {
                    caller.interrupt();
                }
            }
        }

        /// From here on the outcome is written down, come what may.
        ///
        /// @return why the call was cut, if it was
        synchronized @Nullable Cut callEnded() {
            over = true;
            Thread.interrupted();
            return cut;
        }

        /// Whether somebody may still take the job away; the outcome of one that is over is being stored.
        synchronized boolean isCalling() {
            return !over;
        }
    }

    private final ConcurrentHashMap<UUID, Slot> slots = new ConcurrentHashMap<>();

    Slot add(ClaimedJob job) {
        var slot = new Slot(job);
        slots.put(job.jobId(), slot);
        return slot;
    }

    void remove(Slot slot) {
        slots.remove(slot.job.jobId(), slot);
    }

    Collection<Slot> all() {
        return slots.values();
    }
}
