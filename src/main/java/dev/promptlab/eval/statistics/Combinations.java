package dev.promptlab.eval.statistics;

/// Binomial coefficients by their logarithm.
final class Combinations {
    /// Lanczos approximation with g = 7, error below 1e-14.
    private static final double[] LANCZOS = {0.9999999999998099, 676.5203681218851, -1259.1392167224028,
            771.3234287776531, -176.6150291621406, 12.507343278686905, -0.13857109526572012, 0.000009984369578019572,
            1.5056327351493116e-7};
    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

    private Combinations() {}

    /// ln of "n over k".
    static double logOf(int n, int k) {
        return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
    }

    private static double logFactorial(int n) {
        var sum = LANCZOS[0];
        for (var i = 1; i < LANCZOS.length; i++) {
            sum += LANCZOS[i] / (n + i);
        }
        var t = n + LANCZOS.length - 1.5;
        return HALF_LOG_TWO_PI + (n + 0.5) * Math.log(t) - t + Math.log(sum);
    }
}
