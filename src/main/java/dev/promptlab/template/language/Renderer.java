package dev.promptlab.template.language;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import org.jspecify.annotations.Nullable;

/// Walks the tree of one template once. Used by one thread.
final class Renderer {
    private final String source;
    private final Budget budget;
    private final Evaluator evaluator;
    private final StringBuilder out = new StringBuilder();
    /// Where the node starts that is being written.
    private int offset;

    Renderer(String source, ObjectNode variables, Budget budget) {
        this.source = source;
        this.budget = budget;
        this.evaluator = new Evaluator(variables, budget);
    }

    Rendering render(List<Node> nodes) {
        try {
            write(nodes, null);
        } catch (Refused e) {
            throw new RenderException(Position.of(source, offset), String.valueOf(e.getMessage()), result());
        }
        return result();
    }

    private Rendering result() {
        var undefined = evaluator.undefined().entrySet().stream()
                .map(entry -> new Rendering.Undefined(entry.getKey(), Position.of(source, entry.getValue()))).toList();
        return new Rendering(out.toString(), undefined);
    }

    private void write(List<Node> nodes, @Nullable Scope scope) {
        for (var node : nodes) {
            budget.step();
            switch (node) {
                case Node.Text(var text) -> append(text);
                case Node.Output(var value, var at) -> {
                    offset = at;
                    var result = evaluator.value(value, scope);
                    budget.value(result);
                    append(Values.text(result));
                }
                case Node.If choice -> write(chosen(choice, scope), scope);
                case Node.For loop -> repeat(loop, scope);
            }
        }
    }

    private List<Node> chosen(Node.If choice, @Nullable Scope scope) {
        for (var branch : choice.branches()) {
            offset = branch.offset();
            if (Values.truthy(evaluator.value(branch.condition(), scope))) {
                return branch.body();
            }
        }
        return choice.otherwise();
    }

    private void repeat(Node.For loop, @Nullable Scope outer) {
        offset = loop.offset();
        var items = evaluator.value(loop.items(), outer);
        if (!items.isEmpty() && loop.keyName() != null && !items.isObject()) {
            throw new Refused("\"for key, value in\" needs an object, not " + Values.kind(items));
        }
        if (items.isValueNode()) {
            throw new Refused("\"for\" needs a list or an object, not " + Values.kind(items));
        }
        if (items.isEmpty()) {
            write(loop.otherwise(), outer);
        } else if (items.isObject()) {
            repeat(loop, (ObjectNode) items, outer);
        } else {
            for (int i = 0; i < items.size(); i++) {
                write(loop.body(), new Scope(loop, i, items.size(), null, items.get(i), outer));
            }
        }
    }

    private void repeat(Node.For loop, ObjectNode entries, @Nullable Scope outer) {
        int index = 0;
        for (var entry : entries.properties()) {
            var value = loop.keyName() == null ? TextNode.valueOf(entry.getKey()) : entry.getValue();
            write(loop.body(), new Scope(loop, index++, entries.size(), entry.getKey(), value, outer));
        }
    }

    private void append(String text) {
        budget.output(text.length());
        out.append(text);
    }
}
