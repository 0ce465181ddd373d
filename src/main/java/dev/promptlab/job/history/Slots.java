package dev.promptlab.job.history;

import org.jspecify.annotations.Nullable;

/// How often each length of time occurred, in slots that grow by a tenth (`history_slot_v1`). Adding two is exact; a quantile is
/// right to within 5 %, since slot n stands for the middle of what it holds.
final class Slots {
    private static final double GROWTH = 1.1;
    private static final int COUNT = 301;

    private final long[] counts = new long[COUNT];
    private long total;

    void add(int slot, long n) {
        counts[slot] += n;
        total += n;
    }

    void add(Slots other) {
        for (int slot = 0; slot < COUNT; slot++) {
            add(slot, other.counts[slot]);
        }
    }

    long total() {
        return total;
    }

    /// In milliseconds, by nearest rank; null without any.
    ///
    /// @param share 0 to 1
    @Nullable
    Long quantile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long seen = 0;
        for (int slot = 0; slot < COUNT; slot++) {
            seen += counts[slot];
            if (seen >= rank) {
                return Math.round(millis(slot));
            }
        }
        return null;
    }

    /// With the same relative distance to both ends of the slot.
    private static double millis(int slot) {
        return slot == 0 ? 1 : 2 * Math.pow(GROWTH, slot) / (1 + GROWTH);
    }
}
