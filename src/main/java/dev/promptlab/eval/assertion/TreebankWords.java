package dev.promptlab.eval.assertion;

import java.util.List;
import java.util.regex.Pattern;

/// Words as the Penn Treebank splits them: punctuation stands alone, `don't` is `do n't`, a full stop is a word only at the end.
final class TreebankWords {
    private record Rule(Pattern pattern, String replacement) {
        Rule(String pattern, String replacement) {
            this(Pattern.compile(pattern), replacement);
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule("(^|[\\s(\\[{<])\"", "$1 `` "), new Rule("\"", " '' "), new Rule("\\.\\.\\.", " ... "),
            new Rule("[:,](?!\\p{Nd})", " $0 "), new Rule("[;@#$%&]", " $0 "),
            new Rule("([^.])(?<!\\b[A-Za-z]\\.[A-Za-z])(\\.)([\\])}>'\\s]{0,50})$", "$1 $2$3 "),
            new Rule("[?!]", " $0 "), new Rule("[\\]\\[(){}<>]", " $0 "), new Rule("--", " -- "),
            new Rule("^|$", " "), new Rule("([^'])' ", "$1 ' "), new Rule("'([sSmMdD]) ", " '$1 "),
            new Rule("('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", " $1 "),
            new Rule("(?i)\\b(can)(not)\\b", " $1 $2 "), new Rule("(?i)\\b(d)('ye)\\b", " $1 $2 "),
            new Rule("(?i)\\b(gim)(me)\\b", " $1 $2 "), new Rule("(?i)\\b(gon)(na)\\b", " $1 $2 "),
            new Rule("(?i)\\b(got)(ta)\\b", " $1 $2 "), new Rule("(?i)\\b(lem)(me)\\b", " $1 $2 "),
            new Rule("(?i)\\b(more)('n)\\b", " $1 $2 "), new Rule("(?i)('t)(is)\\b", " $1 $2 "),
            new Rule("(?i)('t)(was)\\b", " $1 $2 "), new Rule("(?i)\\b(wan)(na)\\b", " $1 $2 "));

    private TreebankWords() {}

    static List<String> of(String text) {
        var spaced = text.strip();
        for (var rule : RULES) {
            spaced = rule.pattern().matcher(spaced).replaceAll(rule.replacement());
        }
        var words = spaced.strip();
        return words.isEmpty() ? List.of() : List.of(words.split("\\s+"));
    }
}
