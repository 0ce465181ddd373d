package dev.promptlab.template;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Keys of templates: slugs as in `blog-post-writer`.
final class TemplateKeys {
    static final int MAX_LENGTH = 100;
    static final Pattern FORM = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    private static final int MAX_DERIVED = 90;
    private static final String FALLBACK = "template";

    private TemplateKeys() {}

    /// `Crème brûlée, v2!` -> `creme-brulee-v2`; at most 90 characters, `template` when nothing is left.
    static String derive(String name) {
        var plain = Normalizer.normalize(name, Normalizer.Form.NFKD).replaceAll("\\p{M}+", "").toLowerCase(Locale.ROOT);
        var slug = trim(plain.replaceAll("[^a-z0-9]+", "-"));
        return slug.isEmpty() ? FALLBACK : trim(slug.substring(0, Math.min(slug.length(), MAX_DERIVED)));
    }

    /// The first free one of `greet`, `greet-2`, `greet-3` ...
    static String free(String key, Set<String> taken) {
        var candidate = key;
        for (int number = 2; taken.contains(candidate); number++) {
            candidate = key + "-" + number;
        }
        return candidate;
    }

    private static String trim(String slug) {
        return slug.replaceAll("^-|-$", "");
    }
}
