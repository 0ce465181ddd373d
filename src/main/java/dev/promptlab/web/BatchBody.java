package dev.promptlab.web;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// The entries of a batch, read one after the other while they are used, so that memory does not grow with the body. One bad
/// entry fails alone, as far as one can tell where the next one begins: a line of JSONL always can, a JSON array that is no JSON
/// any more cannot, and ends there.
public abstract sealed class BatchBody {
    /// @param maxBytes of the whole body
    /// @param maxEntryBytes of one line
    public record Limits(int maxBytes, int maxEntryBytes) {}

    /// One entry: its value, or why it has none.
    public record Entry(@Nullable JsonNode value, @Nullable Failure failure) {
        /// @throws Failure when there is no value
        public JsonNode require() {
            if (value == null) {
                throw failure == null ? Failure.Invalid.form("the entry is empty") : failure;
            }
            return value;
        }
    }

    private static final Set<String> LINES = Set.of("application/jsonl", "application/jsonlines",
            "application/x-jsonlines",
            "application/x-ndjson", "application/ndjson");
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    static BatchBody of(Context ctx, Limits limits) {
        return of(String.valueOf(ctx.contentType()), stream(ctx), limits);
    }

    static BatchBody of(String contentType, InputStream body, Limits limits) {
        var type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        var stream = new LimitedStream(body, limits.maxBytes());
        if (LINES.contains(type)) {
            return new Lines(stream, limits.maxEntryBytes());
        }
        if (type.equals("application/json")) {
            return Elements.of(stream);
        }
        throw new Failure.UnsupportedMediaType(
                "send a JSON array as application/json, or one JSON object a line as application/jsonl");
    }

    private static InputStream stream(Context ctx) {
        try {
            return ctx.req().getInputStream();
        } catch (IOException e) {
            throw Failure.Invalid.form("the body cannot be read");
        }
    }

    /// The next entry; empty at the end.
    ///
    /// @throws Failure when the body is too large, too slow, or ends early
    public abstract Optional<Entry> next();

    private static Entry checked(JsonNode node) {
        try {
            BodyText.check(node);
            return new Entry(node, null);
        } catch (Failure.Invalid e) {
            return new Entry(null, e);
        }
    }

    /// One JSON object a line; empty lines are passed over.
    private static final class Lines extends BatchBody {
        private final LimitedStream stream;
        private final int maxBytes;

        Lines(LimitedStream stream, int maxBytes) {
            this.stream = stream;
            this.maxBytes = maxBytes;
        }

        @Override
        public Optional<Entry> next() {
            while (true) {
                var line = new ByteArrayOutputStream();
                int last = readLine(line);
                if (line.size() > maxBytes) {
                    return Optional.of(new Entry(null,
                            new Failure.PayloadTooLarge(
                                    "the line is larger than " + maxBytes + " bytes; see PROMPTLAB_MAX_BODY")));
                }
                if (!line.toString(StandardCharsets.UTF_8).isBlank()) {
                    return Optional.of(parse(line.toByteArray()));
                }
                if (last < 0) {
                    return Optional.empty();
                }
            }
        }

        /// @return the byte that ended it: a line feed, or -1 at the end
        private int readLine(ByteArrayOutputStream line) {
            int next = stream.next();
            for (; next >= 0 && next != '\n'; next = stream.next()) {
                if (line.size() <= maxBytes) {
                    line.write(next);
                }
            }
            return next;
        }

        private static Entry parse(byte[] line) {
            try {
                return checked(Http.parse(line));
            } catch (Failure.Invalid e) {
                return new Entry(null, e);
            }
        }
    }

    /// The elements of a JSON array.
    private static final class Elements extends BatchBody {
        private final JsonParser parser;
        private boolean over;

        private Elements(JsonParser parser) {
            this.parser = parser;
        }

        static Elements of(LimitedStream stream) {
            try {
                var parser = Json.parser(stream);
                if (parser.nextToken() != JsonToken.START_ARRAY) {
                    throw Failure.Invalid.form("the body must be a JSON array of requests");
                }
                return new Elements(parser);
            } catch (IOException e) {
                throw Failure.Invalid.form("the body is not valid JSON");
            }
        }

        @Override
        public Optional<Entry> next() {
            if (over) {
                return Optional.empty();
            }
            try {
                if (parser.nextToken() == JsonToken.END_ARRAY) {
                    over = true;
                    return Optional.empty();
                }
                return Optional.of(checked(Json.value(parser)));
            } catch (JsonProcessingException e) {
                over = true;
                return Optional.of(new Entry(null, Failure.Invalid.form(
                        Http.problem(e) + Http.place(e.getLocation()) + "; nothing after it was read")));
            } catch (IOException e) {
                throw Failure.Invalid.form("the body ended early");
            }
        }
    }

    /// Counts bytes and watches the clock.
    private static final class LimitedStream extends FilterInputStream {
        private final int maxBytes;
        private final long end = System.nanoTime() + PATIENCE.toNanos();
        private final byte[] buffer = new byte[1 << 14];
        private int from;
        private int to;
        private long total;

        LimitedStream(InputStream stream, int maxBytes) {
            super(stream);
            this.maxBytes = maxBytes;
        }

        /// The next byte, or -1 at the end.
        int next() {
            try {
                if (from == to) {
                    from = 0;
                    to = Math.max(0, read(buffer, 0, buffer.length));
                }
                return from == to ? -1 : buffer[from++] & 0xff;
            } catch (IOException e) {
                throw Failure.Invalid.form("the body ended early");
            }
        }

        @Override
        public int read() throws IOException {
            return counted(super.read(), 1);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            return counted(count, count);
        }

        private int counted(int result, int count) {
            total += Math.max(0, result < 0 ? 0 : count);
            if (total > maxBytes) {
                throw new Failure.PayloadTooLarge(
                        "the body is larger than the " + maxBytes
                                + " bytes that a batch may have; see PROMPTLAB_MAX_BATCH_BODY");
            }
            if (System.nanoTime() > end) {
                throw new Failure.RequestTimeout(
                        "the body did not arrive in time: " + PATIENCE.toMinutes() + " minutes for all of it");
            }
            return result;
        }
    }
}
