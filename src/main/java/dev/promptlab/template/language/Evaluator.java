package dev.promptlab.template.language;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Evaluates expressions and remembers what was needed but undefined (a [MissingNode]). An undefined operand makes the
/// result undefined or false, so that a rendering always goes on to the end and finds all of it.
final class Evaluator {
    private static final int MAX_UNDEFINED = 100;

    private final ObjectNode variables;
    private final Budget budget;
    private final Filters filters;
    private final Map<String, Integer> undefined = new LinkedHashMap<>();

    Evaluator(ObjectNode variables, Budget budget) {
        this.variables = variables;
        this.budget = budget;
        this.filters = new Filters(budget);
    }

    /// Paths of undefined values, with the offset where each was needed first.
    Map<String, Integer> undefined() {
        return undefined;
    }

    /// A value that is needed: undefined is remembered.
    JsonNode value(Expr expr, @Nullable Scope scope) {
        var value = find(expr, scope);
        if (value.isMissingNode()) {
            remember(expr, scope);
        }
        return value;
    }

    /// A value that may be undefined.
    private JsonNode find(Expr expr, @Nullable Scope scope) {
        budget.step();
        return switch (expr) {
            case Expr.Literal(var value) -> value;
            case Expr.Items(var values) -> items(values, scope);
            case Expr.Name(var name, _) -> Scope.binding(scope, name) == null ? variables.path(name)
                    : Scope.find(scope, name);
            case Expr.Member member -> child(find(member.target(), scope), member, scope);
            case Expr.Filtered filtered when filtered.filter() == Filter.DEFAULT -> orDefault(filtered, scope);
            case Expr.Filtered filtered -> filtered(filtered, scope);
            case Expr.IsDefined(var operand) -> BooleanNode.valueOf(!find(operand, scope).isMissingNode());
            case Expr.Not(var operand) -> BooleanNode.valueOf(!Values.truthy(value(operand, scope)));
            case Expr.And(var operands) -> deciding(operands, false, scope);
            case Expr.Or(var operands) -> deciding(operands, true, scope);
            case Expr.Compare compare -> BooleanNode.valueOf(holds(compare, scope));
            case Expr.In(var item, var container, _) -> BooleanNode
                    .valueOf(isIn(value(item, scope), value(container, scope)));
        };
    }

    private JsonNode items(List<Expr> values, @Nullable Scope scope) {
        var items = Json.array();
        values.forEach(value -> items.add(value(value, scope)));
        return items;
    }

    private JsonNode child(JsonNode target, Expr.Member member, @Nullable Scope scope) {
        if (target.isMissingNode()) {
            return target;
        }
        var key = value(member.key(), scope);
        if (target.isObject() && key.isTextual()) {
            return target.path(key.textValue());
        }
        if (target.isArray() && key.isNumber() && key.canConvertToExactIntegral() && key.canConvertToInt()) {
            int index = key.intValue();
            return target.path(index < 0 ? target.size() + index : index);
        }
        boolean counts = (target.isArray() || target.isTextual()) && "length".equals(key.textValue());
        return counts ? IntNode.valueOf(filters.length(target)) : MissingNode.getInstance();
    }

    private JsonNode orDefault(Expr.Filtered filtered, @Nullable Scope scope) {
        var input = find(filtered.input(), scope);
        var arguments = filtered.arguments();
        boolean alsoForEmpty = arguments.size() > 1 && Values.truthy(value(arguments.get(1), scope));
        if (alsoForEmpty ? Values.truthy(input) : !input.isMissingNode()) {
            return input;
        }
        return arguments.isEmpty() ? TextNode.valueOf("") : find(arguments.getFirst(), scope);
    }

    private JsonNode filtered(Expr.Filtered filtered, @Nullable Scope scope) {
        var input = value(filtered.input(), scope);
        var arguments = filtered.arguments().stream().map(argument -> value(argument, scope)).toList();
        if (input.isMissingNode() || arguments.stream().anyMatch(JsonNode::isMissingNode)) {
            return MissingNode.getInstance();
        }
        return filters.apply(filtered.filter(), input, arguments);
    }

    private JsonNode deciding(List<Expr> operands, boolean truth, @Nullable Scope scope) {
        JsonNode value = MissingNode.getInstance();
        for (var operand : operands) {
            value = value(operand, scope);
            if (Values.truthy(value) == truth) {
                break;
            }
        }
        return value;
    }

    private boolean holds(Expr.Compare compare, @Nullable Scope scope) {
        var left = value(compare.left(), scope);
        var right = value(compare.right(), scope);
        if (left.isMissingNode() || right.isMissingNode()) {
            return false;
        }
        budget.value(left);
        budget.value(right);
        return switch (compare.operator()) {
            case EQUAL -> Values.equal(left, right);
            case NOT_EQUAL -> !Values.equal(left, right);
            case LESS -> order(compare, left, right) < 0;
            case AT_MOST -> order(compare, left, right) <= 0;
            case GREATER -> order(compare, left, right) > 0;
            case AT_LEAST -> order(compare, left, right) >= 0;
        };
    }

    private static int order(Expr.Compare compare, JsonNode left, JsonNode right) {
        if (left.isNumber() && right.isNumber()) {
            return Values.number(left).compareTo(Values.number(right));
        }
        if (left.isTextual() && right.isTextual()) {
            return left.textValue().compareTo(right.textValue());
        }
        throw new Refused("\"" + compare.operator().symbol + "\" compares two numbers or two strings, not "
                + Values.kind(left) + " with " + Values.kind(right));
    }

    private boolean isIn(JsonNode item, JsonNode container) {
        if (item.isMissingNode() || container.isMissingNode()) {
            return false;
        }
        budget.value(item);
        if (container.isObject()) {
            return item.isTextual() && container.has(item.textValue());
        }
        budget.value(container);
        if (container.isTextual() && item.isTextual()) {
            return new Search(item.textValue()).in(container.textValue(), 0) >= 0;
        }
        if (!container.isArray()) {
            throw new Refused("\"in\" looks into a list, an object, or for a string in a string, not for "
                    + Values.kind(item) + " in " + Values.kind(container));
        }
        for (var entry : container) {
            if (Values.equal(entry, item)) {
                return true;
            }
        }
        return false;
    }

    /// Finds the innermost part that is undefined; operands of filters and operators were remembered when they were needed.
    private void remember(Expr expr, @Nullable Scope scope) {
        switch (expr) {
            case Expr.Name(_, var offset) -> remember(path(expr, scope), offset);
            case Expr.Member(var target, _, var offset) -> {
                if (find(target, scope).isMissingNode()) {
                    remember(target, scope);
                } else {
                    remember(path(expr, scope), offset);
                }
            }
            case Expr.Filtered(var input, var filter, var arguments, _) when filter == Filter.DEFAULT ->
                remember(arguments.isEmpty() ? input : arguments.getFirst(), scope);
            case Expr.Filtered(var input, var filter, _, var offset) -> {
                if (filter.mayFindNothing() && !find(input, scope).isMissingNode()) {
                    remember(path(expr, scope), offset);
                }
            }
            case Expr.Literal _,Expr.Items _,Expr.IsDefined _,Expr.Not _,Expr.And _,Expr.Or _,Expr.Compare _,Expr.In _ -> {
                // never undefined by themselves
            }
        }
    }

    private void remember(String path, int offset) {
        if (undefined.size() < MAX_UNDEFINED) {
            undefined.putIfAbsent(path, offset);
        }
    }

    /// How to name a value to whoever supplies the variables: `items[3].title` also for `item.title` in a loop.
    private String path(Expr expr, @Nullable Scope scope) {
        return switch (expr) {
            case Expr.Name(var name, _) -> path(name, Scope.binding(scope, name));
            case Expr.Member(var target, var key, _) -> path(target, scope) + step(find(key, scope));
            case Expr.Filtered(var input, var filter, _, _) -> path(input, scope) + "|" + filter;
            case Expr.Literal _,Expr.Items _,Expr.IsDefined _,Expr.Not _,Expr.And _,Expr.Or _,Expr.Compare _,Expr.In _ ->
                "(expression)";
        };
    }

    private String path(String name, @Nullable Scope binding) {
        if (binding == null || !name.equals(binding.loop().valueName())) {
            return name;
        }
        var key = binding.key();
        return path(binding.loop().items(), binding.outer()) + (key == null ? "[" + binding.index() + "]"
                : step(TextNode.valueOf(key)));
    }

    private static String step(JsonNode key) {
        return key.isTextual() && Lexer.isName(key.textValue()) ? "." + key.textValue() : "[" + key + "]";
    }
}
