package dev.promptlab.template.language;

/// Looks for one text in others in linear time (Knuth, Morris and Pratt, 1977), which [String#indexOf] does not.
final class Search {
    private final String sought;
    /// By length of a beginning of the sought text: how much of its end is also its beginning. `0 0 1 2` for `abab`.
    private final int[] borders;

    Search(String sought) {
        this.sought = sought;
        this.borders = new int[sought.length()];
        for (int i = 1; i < borders.length; i++) {
            borders[i] = grown(borders[i - 1], sought.charAt(i));
        }
    }

    /// @return where it begins at `from` or later; -1 when it does not
    int in(String text, int from) {
        int matched = 0;
        for (int i = from; i < text.length() && matched < borders.length; i++) {
            matched = grown(matched, text.charAt(i));
            if (matched == borders.length) {
                return i + 1 - matched;
            }
        }
        return sought.isEmpty() ? from : -1;
    }

    /// How much is matched after one more character.
    private int grown(int matched, char next) {
        int length = matched;
        while (length > 0 && sought.charAt(length) != next) {
            length = borders[length - 1];
        }
        return sought.charAt(length) == next ? length + 1 : 0;
    }
}
