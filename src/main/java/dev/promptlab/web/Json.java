package dev.promptlab.web;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// JSON as the product reads and writes it: UTF-8, exact decimals, no duplicate names, bounded nesting.
public final class Json {
    static final int MAX_DEPTH = 100;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'")
            .withZone(ZoneOffset.UTC);

    private static final ObjectMapper MAPPER = JsonMapper
            .builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                    .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();

    private static final ObjectReader ONE_OF_MANY = MAPPER.reader()
            .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    public static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /// Reads what others sent.
    ///
    /// @throws IOException when it is not JSON; [JsonProcessingException#getLocation] says where
    public static JsonNode read(byte[] utf8) throws IOException {
        try {
            return MAPPER.readTree(utf8);
        } catch (NumberFormatException e) {
            throw tooLargeNumber();
        }
    }

    /// Jackson lets another exception through for an exponent that no `int` holds.
    private static JsonProcessingException tooLargeNumber() {
        return new StreamConstraintsException("a number has an exponent that is far too long");
    }

    /// Reads what a client sends, piece by piece.
    static JsonParser parser(InputStream utf8) throws IOException {
        return MAPPER.createParser(utf8);
    }

    /// The value that begins at the parser's present token; what follows it stays unread.
    static JsonNode value(JsonParser parser) throws IOException {
        try {
            return ONE_OF_MANY.readTree(parser);
        } catch (NumberFormatException e) {
            throw tooLargeNumber();
        }
    }

    /// Reads what we wrote ourselves.
    public static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored JSON cannot be read (bug)", e);
        }
    }

    /// As [#parse], of an object.
    public static ObjectNode parseObject(String json) {
        return (ObjectNode) parse(json);
    }

    public static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON cannot be written (bug)", e);
        }
    }

    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON cannot be written (bug)", e);
        }
    }

    /// `2026-01-31T12:00:00.000Z`
    public static String time(Instant instant) {
        return TIME.format(instant);
    }
}
