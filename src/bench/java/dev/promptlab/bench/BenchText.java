package dev.promptlab.bench;

import java.util.Random;

/// Texts of 1,024 letters that nothing can compress, each with its number in front.
public final class BenchText {
    public static final int LENGTH = 1_024;

    private static final int DIGITS = 12;
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final String POOL = new Random(7).ints(1 << 20, 0, LETTERS.length())
            .collect(StringBuilder::new, (text, i) -> text.append(LETTERS.charAt(i)), StringBuilder::append).toString();

    private BenchText() {}

    /// The same for the same number.
    public static String of(long number) {
        int start = (int) (number * 7_919 % (POOL.length() - LENGTH));
        return ("%0" + DIGITS + "d").formatted(number) + POOL.substring(start, start + LENGTH - DIGITS);
    }

    public static long number(String text) {
        return Long.parseLong(text.substring(0, DIGITS));
    }
}
