package dev.promptlab.template.language;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.config.Nearest;
import dev.promptlab.template.language.Token.Kind;

/// Recursive descent with Jinja's precedence, loosest first: `or`, `and`, `not`, comparison and `in`, then what binds to a
/// value: `.name`, `[key]`, `|filter`, `is defined`.
final class ExpressionParser {
    /// Bounds the depth of the tree, hence the recursion over it.
    static final int MAX_PARTS = 1000;

    private static final Map<String, JsonNode> CONSTANTS = Map.of("true", BooleanNode.TRUE, "True", BooleanNode.TRUE,
            "false", BooleanNode.FALSE, "False", BooleanNode.FALSE, "none", NullNode.instance, "None",
            NullNode.instance, "null", NullNode.instance);
    private static final Set<String> WORDS = Set.of("and", "or", "not", "in", "is", "if", "else");
    private static final List<String> LOOP_FIELDS = List.of("index", "index0", "first", "last", "length");

    private final Tokens tokens;
    private final Deque<List<String>> loops;
    private final Set<String> variables;
    private int nesting;
    private int parts;

    /// @param loops names bound by the loops around, kept by the caller
    /// @param variables where the free names go
    ExpressionParser(Tokens tokens, Deque<List<String>> loops, Set<String> variables) {
        this.tokens = tokens;
        this.loops = loops;
        this.variables = variables;
    }

    /// Reads the expression of one output or tag.
    Expr whole() {
        parts = 0;
        nesting = 0;
        return expression();
    }

    /// A name that a loop binds.
    String newName() {
        var token = tokens.expect(Kind.NAME, "a name");
        if (isReserved(token.text())) {
            throw tokens.error(token, token.shown() + " is a word of the language; take another name");
        }
        return token.text();
    }

    static boolean isReserved(String name) {
        return WORDS.contains(name) || CONSTANTS.containsKey(name);
    }

    private Expr expression() {
        if (++nesting > Parser.MAX_NESTING) {
            throw tokens.error(tokens.peek(), "the expression nests deeper than " + Parser.MAX_NESTING);
        }
        var expr = chain("or", () -> chain("and", this::not, Expr.And::new), Expr.Or::new);
        nesting--;
        return expr;
    }

    private Expr chain(String word, Supplier<Expr> operand, Function<List<Expr>, Expr> node) {
        var first = operand.get();
        if (!tokens.peek().isName(word)) {
            return first;
        }
        var operands = new ArrayList<>(List.of(first));
        while (tokens.acceptName(word)) {
            operands.add(operand.get());
        }
        return part(node.apply(List.copyOf(operands)));
    }

    private Expr not() {
        int count = 0;
        while (tokens.acceptName("not")) {
            count++;
        }
        var expr = comparison();
        for (int i = 0; i < count; i++) {
            expr = part(new Expr.Not(expr));
        }
        return expr;
    }

    private Expr comparison() {
        var left = value();
        var token = tokens.peek();
        for (var operator : Expr.Operator.values()) {
            if (tokens.accept(operator.symbol)) {
                return part(new Expr.Compare(operator, left, value(), token.offset()));
            }
        }
        if (tokens.acceptName("in")) {
            return part(new Expr.In(left, value(), token.offset()));
        }
        if (token.isName("not") && tokens.peekSecond().isName("in")) {
            tokens.next();
            tokens.next();
            return part(new Expr.Not(part(new Expr.In(left, value(), token.offset()))));
        }
        return left;
    }

    private Expr value() {
        var expr = part(primary());
        while (true) {
            var token = tokens.peek();
            if (tokens.accept(".")) {
                expr = member(expr, token);
            } else if (tokens.accept("[")) {
                expr = part(new Expr.Member(expr, expression(), token.offset()));
                tokens.expectSymbol("]");
            } else if (tokens.accept("|")) {
                expr = part(filtered(expr));
            } else if (tokens.acceptName("is")) {
                expr = test(expr);
            } else {
                return expr;
            }
        }
    }

    private Expr member(Expr target, Token dot) {
        var name = tokens.expect(Kind.NAME, "a name after \".\"");
        if (target instanceof Expr.Name(var loop, _) && loop.equals("loop") && isBound(loop)
                && !LOOP_FIELDS.contains(name.text())) {
            throw tokens.error(name, "there is no loop." + name.text() + Nearest.hint(name.text(), LOOP_FIELDS)
                    + "; known are " + String.join(", ", LOOP_FIELDS));
        }
        return part(new Expr.Member(target, new Expr.Literal(TextNode.valueOf(name.text())), dot.offset()));
    }

    private Expr filtered(Expr input) {
        var name = tokens.expect(Kind.NAME, "the name of a filter");
        var filter = Filter.named(name.text()).orElseThrow(() -> tokens.error(name, name.shown() + " is not a filter"
                + Nearest.hint(name.text(), Filter.names()) + "; known are " + String.join(", ", Filter.names())));
        var arguments = tokens.accept("(") ? list(")") : List.<Expr>of();
        if (arguments.size() < filter.minArguments || arguments.size() > filter.maxArguments) {
            throw tokens.error(name, "\"" + filter + "\" takes " + filter.arity() + ", not " + arguments.size());
        }
        return new Expr.Filtered(input, filter, arguments, name.offset());
    }

    private Expr test(Expr operand) {
        boolean negated = tokens.acceptName("not");
        var test = tokens.expect(Kind.NAME, "\"defined\"");
        if (!test.text().equals("defined")) {
            throw tokens.error(test, test.shown() + " is not a test; known are \"is defined\" and \"is not defined\"");
        }
        var expr = part(new Expr.IsDefined(operand));
        return negated ? part(new Expr.Not(expr)) : expr;
    }

    private Expr primary() {
        var token = tokens.next();
        return switch (token.kind()) {
            case STRING -> new Expr.Literal(TextNode.valueOf(token.text()));
            case NUMBER -> new Expr.Literal(DecimalNode.valueOf(new BigDecimal(token.text())));
            case NAME -> nameOrConstant(token);
            case SYMBOL, TEXT, OUTPUT_START, OUTPUT_END, TAG_START, TAG_END, END -> bracketed(token);
        };
    }

    private Expr nameOrConstant(Token token) {
        var constant = CONSTANTS.get(token.text());
        if (constant != null) {
            return new Expr.Literal(constant);
        }
        if (isReserved(token.text())) {
            throw tokens.error(token, "expected a value but found " + token.shown());
        }
        if (!isBound(token.text())) {
            variables.add(token.text());
        }
        return new Expr.Name(token.text(), token.offset());
    }

    private Expr bracketed(Token token) {
        if (token.isSymbol("(")) {
            var expr = expression();
            tokens.expectSymbol(")");
            return expr;
        }
        if (token.isSymbol("[")) {
            return new Expr.Items(list("]"));
        }
        throw tokens.error(token, "expected a value but found " + token.shown());
    }

    private List<Expr> list(String closing) {
        var values = new ArrayList<Expr>();
        while (!tokens.accept(closing)) {
            if (!values.isEmpty()) {
                tokens.expectSymbol(",");
            }
            values.add(expression());
        }
        return List.copyOf(values);
    }

    private boolean isBound(String name) {
        return loops.stream().anyMatch(names -> names.contains(name));
    }

    private Expr part(Expr expr) {
        if (++parts > MAX_PARTS) {
            throw tokens.error(tokens.peek(), "the expression has more than " + MAX_PARTS + " parts");
        }
        return expr;
    }
}
