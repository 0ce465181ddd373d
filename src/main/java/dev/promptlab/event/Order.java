package dev.promptlab.event;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/// Puts rows in the order of their numbers and leaves none out, though transactions commit in another order than they drew them.
///
/// A number is drawn by a transaction that holds the table's lock for writers already, and keeps it until it has ended. So when a
/// number is missing, the transactions that hold that lock right after the gap was seen are the only ones that may still bring it.
/// Rows behind the gap wait until all of those have ended; what is missing in a look after that never comes: it was rolled back.
/// For one thread.
final class Order {
    private long next;
    /// Up to here every number is visible to a look from now on, or will never be.
    private long decided;
    private @Nullable Gap gap;

    /// @param writers who may still bring numbers up to `end`
    private record Gap(long end, Set<String> writers) {}

    /// @param next the first number that is wanted; every one before is decided
    Order(long next) {
        this.next = next;
    }

    /// The number from which to look: all before it were handed on, or will never come.
    long next() {
        return next;
    }

    /// Whether rows wait behind a gap.
    boolean isHeld() {
        return gap != null;
    }

    /// Whether a look may bring something new: not while those who may close the gap are still at it.
    boolean mayLook(Supplier<Set<String>> writers) {
        if (gap != null) {
            gap.writers().retainAll(writers.get());
            if (!gap.writers().isEmpty()) {
                return false;
            }
            decided = gap.end();
            gap = null;
        }
        return true;
    }

    /// @param rows that a look from [#next] on found, made after [#mayLook]
    /// @param writers who writes; asked after the look
    /// @return those that can be handed on
    List<Row> accept(List<Row> rows, Supplier<Set<String>> writers) {
        int ready = 0;
        for (var row : rows) {
            if (row.seq() > decided && row.seq() != next) {
                gap = new Gap(rows.getLast().seq(), new HashSet<>(writers.get()));
                break;
            }
            next = row.seq() + 1;
            ready++;
        }
        return rows.subList(0, ready);
    }
}
