package dev.promptlab.eval.suite;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import org.jspecify.annotations.Nullable;

/// Reads JSON with places.
final class JsonReader {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final String file;
    private final int lineOffset;
    private final JsonParser parser;

    private JsonReader(String file, int lineOffset, JsonParser parser) {
        this.file = file;
        this.lineOffset = lineOffset;
        this.parser = parser;
    }

    /// @param line the line of the file that the text begins with
    static Item read(String file, String text, int line) throws ProblemException {
        try (var parser = FACTORY.createParser(text)) {
            var reader = new JsonReader(file, line - 1, parser);
            parser.nextToken();
            var item = reader.item();
            if (parser.nextToken() != null) {
                throw new ProblemException(reader.place(), "is no JSON: there is more after its end");
            }
            return item;
        } catch (JsonProcessingException e) {
            throw new ProblemException(at(file, line - 1, e.getLocation()), "is no JSON: " + e.getOriginalMessage());
        } catch (IOException | NumberFormatException e) {
            throw new ProblemException(file, line, 1, "is no JSON: " + e.getMessage());
        }
    }

    private Item item() throws IOException, ProblemException {
        var place = place();
        return switch (parser.currentToken()) {
            case null -> throw new ProblemException(place, "is no JSON: there is nothing");
            case START_OBJECT -> object(place);
            case START_ARRAY -> array(place);
            case VALUE_STRING -> Item.text(parser.getText(), place);
            case VALUE_TRUE -> new Item.Scalar(BooleanNode.TRUE, place);
            case VALUE_FALSE -> new Item.Scalar(BooleanNode.FALSE, place);
            case VALUE_NUMBER_INT -> new Item.Scalar(switch (parser.getNumberType()) {
                case INT -> IntNode.valueOf(parser.getIntValue());
                case LONG -> LongNode.valueOf(parser.getLongValue());
                default -> BigIntegerNode.valueOf(parser.getBigIntegerValue());
            }, place);
            case VALUE_NUMBER_FLOAT -> new Item.Scalar(DecimalNode.valueOf(parser.getDecimalValue()), place);
            default -> new Item.Scalar(NullNode.getInstance(), place);
        };
    }

    private Item object(Place place) throws IOException, ProblemException {
        var entries = new LinkedHashMap<String, Item>();
        var keys = new HashMap<String, Place>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = parser.currentName();
            keys.put(key, place());
            parser.nextToken();
            entries.put(key, item());
        }
        return new Item.Mapping(entries, keys, place);
    }

    private Item array(Place place) throws IOException, ProblemException {
        var items = new ArrayList<Item>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(item());
        }
        return new Item.Sequence(items, place);
    }

    private Place place() {
        return at(file, lineOffset, parser.currentTokenLocation());
    }

    private static Place at(String file, int lineOffset, @Nullable JsonLocation location) {
        return location == null ? Place.start(file) : new Place(file, Math.max(1, location.getLineNr()) + lineOffset,
                Math.max(1, location.getColumnNr()));
    }
}
