package dev.promptlab.eval.run;

import java.util.Arrays;

import dev.promptlab.eval.run.Journal.Place;
import org.jspecify.annotations.Nullable;

/// Where the line of each cell stands: twelve bytes a cell. Thread-safe.
final class Places {
    private final long[] offsets;
    private final int[] lengths;

    Places(int cells) {
        offsets = new long[cells];
        lengths = new int[cells];
        Arrays.fill(offsets, -1);
    }

    synchronized void put(int cell, Place place) {
        offsets[cell] = place.offset();
        lengths[cell] = place.length();
    }

    /// Null = there is none yet.
    synchronized @Nullable Place get(int cell) {
        return offsets[cell] < 0 ? null : new Place(offsets[cell], lengths[cell]);
    }
}
