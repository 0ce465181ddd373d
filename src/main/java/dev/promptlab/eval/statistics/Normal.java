package dev.promptlab.eval.statistics;

/// The quantiles of the standard normal distribution that the tests use.
final class Normal {
    /// 97.5 %: half of what a two-sided 95 % interval leaves out lies on each side.
    static final double TWO_SIDED_95 = 1.959963984540054;
    /// 95 %, for one-sided tests.
    static final double ONE_SIDED_95 = 1.6448536269514722;
    /// 80 %, the power that [Power] asks for.
    static final double POWER_80 = 0.8416212335729143;

    private Normal() {}
}
