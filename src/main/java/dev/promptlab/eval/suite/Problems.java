package dev.promptlab.eval.suite;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Collects what is wrong, so that all of it can be reported at once. For one thread.
final class Problems {
    private static final int MAX = 100;

    private final Set<Problem> found = new LinkedHashSet<>();
    private final List<Problem> warnings = new ArrayList<>();

    void add(Place place, String message) {
        add(place.problem(message));
    }

    void add(Problem problem) {
        if (found.size() < MAX) {
            found.add(problem);
        }
    }

    void warn(Place place, String message) {
        warnings.add(place.problem(message));
    }

    List<Problem> warnings() {
        return warnings;
    }

    boolean isFull() {
        return found.size() >= MAX;
    }

    void throwIfAny() throws SuiteException {
        if (!found.isEmpty()) {
            throw new SuiteException(List.copyOf(found));
        }
    }
}
