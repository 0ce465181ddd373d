package dev.promptlab.provider;

/// Tokens of one call as the provider counted them. The classes do not overlap, so that each is priced once, except that
/// `reasoning` is the part of `output` that was not shown.
///
/// @param input prompt tokens that were neither read from nor written to the provider's cache
/// @param output all generated tokens, reasoning included
/// @param cacheRead prompt tokens served from the provider's cache
/// @param cacheWrite5m prompt tokens written to the provider's 5-minute cache, or to its only one
/// @param cacheWrite1h prompt tokens written to the provider's 1-hour cache
public record Usage(long input, long output, long cacheRead, long cacheWrite5m, long cacheWrite1h, long reasoning) {
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);

    public Usage {
        if (Math.min(Math.min(Math.min(input, output), Math.min(cacheRead, cacheWrite5m)),
                Math.min(cacheWrite1h, reasoning)) < 0) {
            throw new IllegalArgumentException("token counts must not be negative");
        }
    }

    public static Usage of(long input, long output) {
        return new Usage(input, output, 0, 0, 0, 0);
    }

    /// Every prompt token, cached or not.
    public long allInput() {
        return input + cacheRead + cacheWrite5m + cacheWrite1h;
    }

    /// Everything that was read or generated.
    public long total() {
        return allInput() + output;
    }
}
