package dev.promptlab.eval.assertion;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/// A formula over named numbers: `+ - * / % ^`, brackets, `abs sqrt exp log round floor ceil min max`. Immutable.
public final class Arithmetic {
    private static final int MAX_LENGTH = 2_000;
    private static final Map<String, DoubleUnaryOperator> FUNCTIONS = Map.of("abs", Math::abs, "sqrt", Math::sqrt,
            "exp", Math::exp, "log", Math::log, "round", Math::rint, "floor", Math::floor, "ceil", Math::ceil);

    private final String text;
    private final Set<String> names = new LinkedHashSet<>();
    private final ToDoubleFunction<Map<String, Double>> formula;
    private int at;
    private int depth;

    private Arithmetic(String text) {
        this.text = text;
        this.formula = sum();
        skipSpaces();
        if (at < text.length()) {
            throw wrong("does not fit here");
        }
    }

    /// @throws IllegalArgumentException when it is no formula; the message says where
    public static Arithmetic parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("the formula is longer than " + MAX_LENGTH + " characters");
        }
        return new Arithmetic(text);
    }

    /// The names it refers to.
    public Set<String> names() {
        return Set.copyOf(names);
    }

    /// Empty when a name is missing or the result is no number.
    public Optional<Double> evaluate(Map<String, Double> values) {
        return values.keySet().containsAll(names) ? Optional.of(formula.applyAsDouble(values)).filter(Double::isFinite)
                : Optional.empty();
    }

    private ToDoubleFunction<Map<String, Double>> sum() {
        if (++depth > 100) {
            throw wrong("is nested too deeply");
        }
        var left = product();
        for (char operator = next("+-"); operator != 0; operator = next("+-")) {
            left = combine(operator, left, product());
        }
        depth--;
        return left;
    }

    private ToDoubleFunction<Map<String, Double>> product() {
        var left = signed();
        for (char operator = next("*/%"); operator != 0; operator = next("*/%")) {
            left = combine(operator, left, signed());
        }
        return left;
    }

    private ToDoubleFunction<Map<String, Double>> signed() {
        if (next("-") != 0) {
            var operand = signed();
            return values -> -operand.applyAsDouble(values);
        }
        var base = operand();
        return next("^") == 0 ? base : combine('^', base, signed());
    }

    private static ToDoubleFunction<Map<String, Double>> combine(char operator,
            ToDoubleFunction<Map<String, Double>> left, ToDoubleFunction<Map<String, Double>> right) {
        return values -> {
            double a = left.applyAsDouble(values);
            double b = right.applyAsDouble(values);
            return switch (operator) {
                case '+' -> a + b;
                case '-' -> a - b;
                case '*' -> a * b;
                case '/' -> a / b;
                case '%' -> a % b;
                default -> Math.pow(a, b);
            };
        };
    }

    private ToDoubleFunction<Map<String, Double>> operand() {
        if (next("(") != 0) {
            var inner = sum();
            expect(")");
            return inner;
        }
        int start = at;
        while (at < text.length() && isWord(text.charAt(at))) {
            at++;
        }
        var word = text.substring(start, at);
        if (word.isEmpty()) {
            throw wrong("needs a number or a name here");
        }
        return Character.isDigit(word.charAt(0)) || word.startsWith(".") ? number(word) : named(word);
    }

    private ToDoubleFunction<Map<String, Double>> number(String word) {
        try {
            double value = Double.parseDouble(word);
            return _ -> value;
        } catch (NumberFormatException _) {
            throw wrong("has no number \"" + word + "\"");
        }
    }

    private ToDoubleFunction<Map<String, Double>> named(String word) {
        if (next("(") == 0) {
            names.add(word);
            return values -> values.getOrDefault(word, Double.NaN);
        }
        var arguments = new ArrayList<ToDoubleFunction<Map<String, Double>>>();
        do {
            arguments.add(sum());
        } while (next(",") != 0);
        expect(")");
        return call(word, arguments);
    }

    private ToDoubleFunction<Map<String, Double>> call(String name,
            List<ToDoubleFunction<Map<String, Double>>> arguments) {
        if (name.equals("min") || name.equals("max")) {
            boolean largest = name.equals("max");
            return values -> {
                var each = arguments.stream().mapToDouble(argument -> argument.applyAsDouble(values));
                return (largest ? each.max() : each.min()).orElseThrow();
            };
        }
        var function = FUNCTIONS.get(name);
        if (function == null || arguments.size() != 1) {
            throw wrong("knows no function \"" + name + "\" of " + arguments.size() + "; there are abs, sqrt, exp, log,"
                    + " round, floor, ceil of one number, min and max");
        }
        return values -> function.applyAsDouble(arguments.getFirst().applyAsDouble(values));
    }

    private void expect(String sign) {
        if (next(sign) == 0) {
            throw wrong("needs \"" + sign + "\" here");
        }
    }

    private char next(String signs) {
        skipSpaces();
        return at < text.length() && signs.indexOf(text.charAt(at)) >= 0 ? text.charAt(at++) : 0;
    }

    private void skipSpaces() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.';
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("the formula \"" + text + "\" " + what + " (character " + (at + 1) + ")");
    }
}
