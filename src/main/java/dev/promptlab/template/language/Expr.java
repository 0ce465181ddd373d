package dev.promptlab.template.language;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;

/// An expression. Its depth is bounded by [ExpressionParser#MAX_PARTS].
sealed interface Expr {
    record Literal(JsonNode value) implements Expr {}

    record Items(List<Expr> values) implements Expr {}

    record Name(String name, int offset) implements Expr {}

    /// `target.key` and `target[key]`.
    record Member(Expr target, Expr key, int offset) implements Expr {}

    record Filtered(Expr input, Filter filter, List<Expr> arguments, int offset) implements Expr {}

    record IsDefined(Expr operand) implements Expr {}

    record Not(Expr operand) implements Expr {}

    /// The first operand that decides, as in Python: `a or b` is `a` when that is truthy, else `b`.
    record And(List<Expr> operands) implements Expr {}

    record Or(List<Expr> operands) implements Expr {}

    record Compare(Operator operator, Expr left, Expr right, int offset) implements Expr {}

    record In(Expr item, Expr container, int offset) implements Expr {}

    enum Operator {
        EQUAL("=="), NOT_EQUAL("!="), LESS("<"), AT_MOST("<="), GREATER(">"), AT_LEAST(">=");

        final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }
    }
}
