package dev.promptlab.eval.suite;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.re2j.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Reads YAML with places. Plain scalars mean what YAML 1.2 says (`yes` and `2024-01-31` are text), merge keys (`<<`) work,
/// tags make nothing but text; aliases, nesting and size are bounded.
final class YamlReader {
    private static final int MAX_ALIASES = 1_000;
    private static final int MAX_DEPTH = 50;
    /// Aliases can name each other, so that a short file means a value without end.
    private static final int MAX_ITEMS = 2_000_000;
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,300}");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?");

    private final String file;
    private int items;

    private YamlReader(String file) {
        this.file = file;
    }

    /// The first and only document; nothing in it = an empty object.
    static Item read(String file, String text) throws ProblemException {
        try {
            var settings = settings(text.length());
            var root = new Bounded(settings, text).getSingleNode();
            return root.isEmpty() ? Item.empty(Place.start(file)) : new YamlReader(file).item(root.get(), 0);
        } catch (MarkedYamlEngineException e) {
            throw new ProblemException(at(file, e.getProblemMark()), "is no YAML: " + problem(e));
        } catch (YamlEngineException e) {
            throw new ProblemException(Place.start(file), "is no YAML: " + firstLine(String.valueOf(e.getMessage())));
        }
    }

    private static LoadSettings settings(int length) {
        return LoadSettings.builder().setMaxAliasesForCollections(MAX_ALIASES).setCodePointLimit(Math.max(1, length))
                .setAllowDuplicateKeys(true).setSchema(new WithoutMerge()).build();
    }

    /// Merge keys are merged here, where places are kept.
    private static final class WithoutMerge extends CoreSchema {
        @Override
        public ScalarResolver getScalarResolver() {
            return new CoreScalarResolver(false);
        }
    }

    /// The parser needs no stack, but who makes a tree of its events does.
    private static final class Bounded extends Composer {
        private int depth;

        Bounded(LoadSettings settings, String text) {
            super(settings, new ParserImpl(settings, new StreamReader(settings, text)));
        }

        @Override
        protected SequenceNode composeSequenceNode(Optional<Anchor> anchor) {
            deeper();
            var node = super.composeSequenceNode(anchor);
            depth--;
            return node;
        }

        @Override
        protected Node composeMappingNode(Optional<Anchor> anchor) {
            deeper();
            var node = super.composeMappingNode(anchor);
            depth--;
            return node;
        }

        private void deeper() {
            if (++depth > MAX_DEPTH) {
                throw new YamlEngineException("it is nested deeper than " + MAX_DEPTH);
            }
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        var problem = String.valueOf(e.getProblem());
        return firstLine(e.getContext() == null ? problem : e.getContext() + ", " + problem);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("").strip();
    }

    private Item item(Node node, int depth) throws ProblemException {
        var place = at(file, node.getStartMark());
        if (++items > MAX_ITEMS || depth > MAX_DEPTH) {
            throw new ProblemException(place, "is too large: aliases repeat it too often, or it is nested too deeply");
        }
        return switch (node) {
            case ScalarNode scalar -> new Item.Scalar(value(scalar), place);
            case SequenceNode sequence -> sequence(sequence, place, depth);
            case MappingNode mapping -> mapping(mapping, place, depth);
            default ->
                throw new ProblemException(place, "is no YAML: a " + node.getNodeType() + " is not expected here");
        };
    }

    private Item sequence(SequenceNode sequence, Place place, int depth) throws ProblemException {
        var list = new ArrayList<Item>();
        for (var each : sequence.getValue()) {
            list.add(item(each, depth + 1));
        }
        return new Item.Sequence(list, place);
    }

    private Item mapping(MappingNode mapping, Place place, int depth) throws ProblemException {
        var entries = new LinkedHashMap<String, Item>();
        var keys = new HashMap<String, Place>();
        var merged = new LinkedHashMap<String, Item>();
        for (var tuple : mapping.getValue()) {
            var keyPlace = at(file, tuple.getKeyNode().getStartMark());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new ProblemException(keyPlace, "a key must be text");
            }
            var value = item(tuple.getValueNode(), depth + 1);
            if (key.isPlain() && key.getValue().equals("<<")) {
                merge(value, merged, keys);
            } else if (entries.putIfAbsent(key.getValue(), value) != null) {
                throw new ProblemException(keyPlace, "the key \"" + key.getValue() + "\" stands here twice");
            } else {
                keys.put(key.getValue(), keyPlace);
            }
        }
        merged.forEach(entries::putIfAbsent);
        return new Item.Mapping(entries, keys, place);
    }

    /// Earlier ones win over later ones, as the merge type of YAML 1.1 says.
    private static void merge(Item value, Map<String, Item> merged, Map<String, Place> keys) throws ProblemException {
        for (var each : value.each()) {
            if (!(each instanceof Item.Mapping mapping)) {
                throw new ProblemException(each.place(), "\"<<\" merges objects, not " + each.kind());
            }
            mapping.entries().forEach(merged::putIfAbsent);
            mapping.keys().forEach(keys::putIfAbsent);
        }
    }

    private static JsonNode value(ScalarNode scalar) {
        var text = scalar.getValue();
        if (!scalar.isPlain() || scalar.getTag().equals(Tag.STR)) {
            return TextNode.valueOf(text);
        }
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> NullNode.getInstance();
            case "true", "True", "TRUE" -> BooleanNode.TRUE;
            case "false", "False", "FALSE" -> BooleanNode.FALSE;
            default -> number(text).orElseGet(() -> TextNode.valueOf(text));
        };
    }

    private static Optional<JsonNode> number(String text) {
        if (INTEGER.matcher(text).matches()) {
            var value = new BigInteger(text.startsWith("+") ? text.substring(1) : text);
            return Optional.of(value.bitLength() < 32 ? IntNode.valueOf(value.intValueExact())
                    : value.bitLength() < 64 ? LongNode.valueOf(value.longValueExact())
                            : BigIntegerNode.valueOf(value));
        }
        if (DECIMAL.matcher(text).matches()) {
            return Optional.of(DecimalNode.valueOf(new BigDecimal(text)));
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case ".inf", "+.inf" -> Optional.of(DoubleNode.valueOf(Double.POSITIVE_INFINITY));
            case "-.inf" -> Optional.of(DoubleNode.valueOf(Double.NEGATIVE_INFINITY));
            default -> radix(text);
        };
    }

    private static Optional<JsonNode> radix(String text) {
        try {
            if (text.startsWith("0x")) {
                return Optional.of(LongNode.valueOf(Long.parseLong(text, 2, text.length(), 16)));
            }
            return text.startsWith("0o") ? Optional.of(LongNode.valueOf(Long.parseLong(text, 2, text.length(), 8)))
                    : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Place at(String file, Optional<Mark> mark) {
        return mark.map(at -> new Place(file, at.getLine() + 1, at.getColumn() + 1))
                .orElseGet(() -> Place.start(file));
    }
}
