package dev.promptlab.eval.statistics;

import java.util.Comparator;
import java.util.stream.IntStream;

/// Holm's correction: whoever asks several questions must expect a false alarm sooner.
public final class Holm {
    private Holm() {}

    /// What each p is worth among the others, in the order given: reject where it is at most alpha, and the chance of any false
    /// alarm stays at most alpha.
    public static double[] adjust(double[] p) {
        var order = IntStream.range(0, p.length).boxed().sorted(Comparator.comparingDouble(i -> p[i])).toList();
        var adjusted = new double[p.length];
        var highest = 0.0;
        for (var rank = 0; rank < p.length; rank++) {
            highest = Math.max(highest, Math.min(1, p[order.get(rank)] * (p.length - rank)));
            adjusted[order.get(rank)] = highest;
        }
        return adjusted;
    }
}
