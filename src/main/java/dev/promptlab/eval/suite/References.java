package dev.promptlab.eval.suite;

import java.util.ArrayList;
import java.util.LinkedHashMap;

/// Puts in what `{$ref: '#/assertionTemplates/polite'}` points at, inside of one file.
final class References {
    private static final int MAX_DEPTH = 20;
    private static final int MAX_ITEMS = 2_000_000;

    private final Item root;
    private int items;

    private References(Item root) {
        this.root = root;
    }

    static Item resolve(Item root) throws ProblemException {
        return new References(root).resolve(root, 0);
    }

    private Item resolve(Item item, int depth) throws ProblemException {
        if (++items > MAX_ITEMS) {
            throw new ProblemException(item.place(), "is too large: references repeat it too often");
        }
        return switch (item) {
            case Item.Scalar scalar -> scalar;
            case Item.Sequence(var list, var place) -> {
                var resolved = new ArrayList<Item>();
                for (var each : list) {
                    resolved.add(resolve(each, depth));
                }
                yield new Item.Sequence(resolved, place);
            }
            case Item.Mapping mapping when mapping.get("$ref").isText() ->
                target(mapping.get("$ref").json().textValue(), mapping.placeOf("$ref"), depth);
            case Item.Mapping(var entries, var keys, var place) -> {
                var resolved = new LinkedHashMap<String, Item>();
                for (var entry : entries.entrySet()) {
                    resolved.put(entry.getKey(), resolve(entry.getValue(), depth));
                }
                yield new Item.Mapping(resolved, keys, place);
            }
        };
    }

    private Item target(String reference, Place place, int depth) throws ProblemException {
        if (!reference.startsWith("#/") || depth >= MAX_DEPTH) {
            throw new ProblemException(place, depth >= MAX_DEPTH ? "$ref refers to itself"
                    : "$ref must stay in this file, as in '#/assertionTemplates/name'");
        }
        var target = root;
        for (var step : reference.substring(2).split("/", -1)) {
            target = target.get(step.replace("~1", "/").replace("~0", "~"));
        }
        if (target instanceof Item.Scalar(var json, _) && json.isMissingNode()) {
            throw new ProblemException(place, "there is no " + reference + " in this file");
        }
        return resolve(target, depth + 1);
    }
}
