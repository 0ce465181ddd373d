package dev.promptlab.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;

import com.sun.net.httpserver.HttpServer;

/// A collector that takes traces over OTLP, HTTP with protobuf, and reads of it what tests look at.
public final class SpanReceiver implements AutoCloseable {
    /// @param kind 2 server, 3 client, 5 consumer
    /// @param parent empty = begins the trace
    /// @param attributes texts, numbers, and lists joined by commas
    /// @param error whether its status says so
    public record Span(String service, String trace, String id, String parent, String name, int kind,
            Map<String, String> attributes, boolean error) {}

    private static final byte[] NONE = {};

    private final HttpServer server;
    private final Queue<Span> spans = new ConcurrentLinkedQueue<>();

    private SpanReceiver(HttpServer server) {
        this.server = server;
    }

    public static SpanReceiver start() {
        try {
            var receiver = new SpanReceiver(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            receiver.server.createContext("/v1/traces", exchange -> {
                receiver.take(exchange.getRequestBody().readAllBytes());
                exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            receiver.server.start();
            return receiver;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public List<Span> spans() {
        return List.copyOf(spans);
    }

    /// ExportTraceServiceRequest > ResourceSpans > ScopeSpans > Span
    private void take(byte[] request) {
        fields(request, (number, resource) -> {
            var service = new ArrayList<String>();
            fields(bytes(resource), (field, value) -> {
                if (field == 1) {
                    service.add(attributes(bytes(value), 1).getOrDefault("service.name", ""));
                } else if (field == 2) {
                    fields(bytes(value), (inScope, span) -> {
                        if (inScope == 2) {
                            spans.add(span(service.getFirst(), bytes(span)));
                        }
                    });
                }
            });
        });
    }

    private static Span span(String service, byte[] message) {
        var values = new LinkedHashMap<Integer, Object>();
        fields(message, values::put);
        var status = new LinkedHashMap<Integer, Object>();
        fields((byte[]) values.getOrDefault(15, NONE), status::put);
        return new Span(service, hex(values.getOrDefault(1, NONE)), hex(values.getOrDefault(2, NONE)),
                hex(values.getOrDefault(4, NONE)),
                text(values.getOrDefault(5, NONE)), ((Long) values.getOrDefault(6, 0L)).intValue(),
                attributes(message, 9),
                Long.valueOf(2).equals(status.get(3)));
    }

    /// KeyValue > AnyValue
    private static Map<String, String> attributes(byte[] message, int wanted) {
        var attributes = new LinkedHashMap<String, String>();
        fields(message, (field, pair) -> {
            if (field == wanted) {
                var parts = new LinkedHashMap<Integer, Object>();
                fields(bytes(pair), parts::put);
                attributes.put(text(parts.getOrDefault(1, NONE)), any(bytes(parts.getOrDefault(2, NONE))));
            }
        });
        return attributes;
    }

    private static String any(byte[] value) {
        var found = new ArrayList<String>();
        fields(value, (field, content) -> found.add(switch (field) {
            case 1 -> text(content);
            case 4 -> String.valueOf(Double.longBitsToDouble((Long) content));
            case 5 -> {
                var items = new ArrayList<String>();
                fields(bytes(content), (_, item) -> items.add(any(bytes(item))));
                yield String.join(",", items);
            }
            default -> String.valueOf(content);
        }));
        return found.isEmpty() ? "" : found.getFirst();
    }

    /// Each field with its number: bytes of what has a length, else a number.
    private static void fields(byte[] message, BiConsumer<Integer, Object> found) {
        var in = new Reader(message);
        while (in.place < message.length) {
            long key = in.varint();
            found.accept((int) (key >>> 3), switch ((int) key & 7) {
                case 0 -> in.varint();
                case 1 -> in.fixed(8);
                case 2 -> in.bytes((int) in.varint());
                default -> in.fixed(4);
            });
        }
    }

    private static final class Reader {
        private final byte[] message;
        private int place;

        Reader(byte[] message) {
            this.message = message;
        }

        long varint() {
            long value = 0;
            for (int shift = 0;; shift += 7) {
                byte next = message[place++];
                value |= (long) (next & 127) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        long fixed(int size) {
            long value = 0;
            for (int i = 0; i < size; i++) {
                value |= (message[place++] & 255L) << (8 * i);
            }
            return value;
        }

        byte[] bytes(int length) {
            var bytes = Arrays.copyOfRange(message, place, place + length);
            place += length;
            return bytes;
        }
    }

    private static byte[] bytes(Object value) {
        return (byte[]) value;
    }

    private static String text(Object value) {
        return new String((byte[]) value, StandardCharsets.UTF_8);
    }

    private static String hex(Object value) {
        return HexFormat.of().formatHex((byte[]) value);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
