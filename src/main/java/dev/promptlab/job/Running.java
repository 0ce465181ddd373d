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
        private long leaseEnd;
        private @Nullable Thread caller;
        private @Nullable Cut cut;
        private boolean over;

        private Slot(ClaimedJob job, long leaseEnd) {
            this.job = job;
            this.leaseEnd = leaseEnd;
        }

        ClaimedJob job() {
            return job;
        }

        /// The current thread is about to call the provider. Until [#callEnded] a cut interrupts it.
        ///
        /// @param now as [System#nanoTime]
        /// @return false when the lease has passed, so that the job may be somebody else's by now: no call may be made
        synchronized boolean callBegins(long now) {
            if (now - leaseEnd >= 0) {
                return false;
            }
            caller = Thread.currentThread();
            if (cut != null) {
                caller.interrupt();
            }
            return true;
        }

        /// @param newLeaseEnd on the clock of [System#nanoTime]
        synchronized void prolong(long newLeaseEnd) {
            leaseEnd = newLeaseEnd;
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

    /// @param leaseEnd on the clock of [System#nanoTime], reckoned from before the claim was sent: never later than the database's
    Slot add(ClaimedJob job, long leaseEnd) {
        var slot = new Slot(job, leaseEnd);
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
