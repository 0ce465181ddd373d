package dev.promptlab.template.language;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.promptlab.config.Nearest;
import dev.promptlab.template.language.Token.Kind;
import org.jspecify.annotations.Nullable;

/// Builds the tree of a template from its tags; [ExpressionParser] reads what stands inside them.
final class Parser {
    static final int MAX_NESTING = 50;

    private static final List<String> TAGS = List.of("if", "for", "raw");
    private static final Set<String> INNER_TAGS = Set.of("elif", "else", "endif", "endfor", "endraw");

    private final Tokens tokens;
    private final ExpressionParser expressions;
    /// Names that the loops around the current place bind.
    private final Deque<List<String>> loops = new ArrayDeque<>();
    private final Set<String> variables = new LinkedHashSet<>();
    private int nesting;

    private Parser(String source) {
        tokens = new Tokens(source);
        expressions = new ExpressionParser(tokens, loops, variables);
    }

    static TemplateText parse(String source) {
        var parser = new Parser(source);
        var nodes = parser.block(null, Set.of());
        return new TemplateText(source, nodes, List.copyOf(parser.variables));
    }

    /// Reads up to a tag of `ends`, which stays; without an opening tag up to the end.
    private List<Node> block(@Nullable Token opening, Set<String> ends) {
        if (++nesting > MAX_NESTING) {
            throw tokens.error(tokens.peek(), "blocks nest deeper than " + MAX_NESTING);
        }
        var nodes = new ArrayList<Node>();
        while (true) {
            var token = tokens.peek();
            if (token.is(Kind.END) || (token.is(Kind.TAG_START) && ends.contains(tokens.peekSecond().text()))) {
                break;
            }
            nodes.add(node(tokens.next()));
        }
        if (opening != null && tokens.peek().is(Kind.END)) {
            throw tokens.error(opening,
                    "\"" + opening.text() + "\" is not closed; add {% end" + opening.text() + " %}");
        }
        nesting--;
        return List.copyOf(nodes);
    }

    private Node node(Token token) {
        return switch (token.kind()) {
            case TEXT -> new Node.Text(token.text());
            case OUTPUT_START -> {
                var value = expressions.whole();
                tokens.expect(Kind.OUTPUT_END, "}}");
                yield new Node.Output(value, token.offset());
            }
            case TAG_START -> tag(tokens.next());
            case OUTPUT_END, TAG_END, NAME, STRING, NUMBER, SYMBOL, END ->
                throw new IllegalStateException("a block starts with " + token + " (bug)");
        };
    }

    private Node tag(Token tag) {
        if (tag.isName("if")) {
            return ifTag(tag);
        }
        if (tag.isName("for")) {
            return forTag(tag);
        }
        if (INNER_TAGS.contains(tag.text())) {
            throw tokens.error(tag, "\"" + tag.text() + "\" stands outside of its block");
        }
        throw tokens.error(tag, tag.shown() + " is not a tag" + Nearest.hint(tag.text(), knownTags()) + "; known are "
                + String.join(", ", TAGS));
    }

    private static List<String> knownTags() {
        var known = new ArrayList<>(TAGS);
        known.addAll(INNER_TAGS);
        return known;
    }

    private Node ifTag(Token opening) {
        var branches = new ArrayList<Node.Branch>();
        var otherwise = List.<Node>of();
        var tag = opening;
        while (!tag.text().equals("endif")) {
            if (tag.text().equals("else")) {
                endTag();
                otherwise = block(opening, Set.of("endif"));
            } else {
                var condition = expressions.whole();
                endTag();
                branches.add(new Node.Branch(condition, block(opening, Set.of("elif", "else", "endif")), tag.offset()));
            }
            tokens.next();
            tag = tokens.next();
        }
        endTag();
        return new Node.If(List.copyOf(branches), otherwise);
    }

    private Node forTag(Token opening) {
        var first = expressions.newName();
        var second = tokens.accept(",") ? expressions.newName() : null;
        tokens.expectName("in");
        var items = expressions.whole();
        endTag();
        loops.push(second == null ? List.of(first, "loop") : List.of(first, second, "loop"));
        var body = block(opening, Set.of("else", "endfor"));
        loops.pop();
        tokens.next();
        var otherwise = List.<Node>of();
        if (tokens.next().text().equals("else")) {
            endTag();
            otherwise = block(opening, Set.of("endfor"));
            tokens.next();
            tokens.next();
        }
        endTag();
        return new Node.For(second == null ? null : first, second == null ? first : second, items, body, otherwise,
                opening.offset());
    }

    private void endTag() {
        tokens.expect(Kind.TAG_END, "%}");
    }
}
