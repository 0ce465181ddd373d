package dev.promptlab.web;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.promptlab.config.Settings;
import dev.promptlab.net.Network;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Clients that keep what everybody shares: connections, and the time of those who wait for them to read.
class EdgeLimitsTest {
    private static final int CHUNK = 1 << 20;
    private static final int CHUNKS = 64;
    private static final int PER_ADDRESS = 3;
    private static final int ALL = 5;
    private static final String REQUEST = "GET /thing HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static final String UPGRADE = """
            GET /socket HTTP/1.1
            Host: localhost
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==

            """.replace("\n", "\r\n");

    // ---- connections

    @Test
    void anAddressHasSoManyConnectionsAndAllTogetherHaveSoMany() throws IOException {
        try (var server = server(Settings.Edge.LOCAL, _ -> {}); var open = new Connections(server.port())) {
            for (int i = 0; i < PER_ADDRESS; i++) {
                assertThat(open.isAnswered("127.0.0.1")).isTrue();
            }
            assertThat(open.isAnswered("127.0.0.1")).isFalse();
            assertThat(open.isAnswered("127.0.0.2")).isTrue();
            assertThat(open.isAnswered("127.0.0.3")).isTrue();
            assertThat(open.isAnswered("127.0.0.4")).isFalse();
        }
    }

    @Test
    void aConnectionThatIsClosedMakesRoom() throws IOException {
        try (var server = server(Settings.Edge.LOCAL, _ -> {})) {
            for (int i = 0; i < 10 * ALL; i++) {
                try (var open = new Connections(server.port())) {
                    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                    while (!open.isAnswered("127.0.0.1")) { // the server has yet to notice that the last one is gone
                        assertThat(System.nanoTime()).as("the place of a closed connection is never free")
                                .isLessThan(end);
                    }
                }
            }
        }
    }

    @Test
    void aWebSocketIsAConnectionLikeAnyOther() throws IOException {
        try (var server = server(Settings.Edge.LOCAL, _ -> {}); var open = new Connections(server.port(), UPGRADE)) {
            for (int i = 0; i < PER_ADDRESS; i++) {
                assertThat(open.isAnswered("127.0.0.1")).isTrue();
            }
            assertThat(open.isAnswered("127.0.0.1")).isFalse();
        }
    }

    @Test
    void aTrustedProxySpeaksForMany() throws IOException {
        var edge = new Settings.Edge(true, Set.of(), Set.of(), List.of(Network.parse("127.0.0.1")));
        try (var server = server(edge, _ -> {}); var open = new Connections(server.port())) {
            for (int i = 0; i < ALL; i++) {
                assertThat(open.isAnswered("127.0.0.1")).isTrue();
            }
            assertThat(open.isAnswered("127.0.0.1")).isFalse();
        }
    }

    private static final class Connections implements AutoCloseable {
        private final int port;
        private final String request;
        private final List<RawClient> open = new ArrayList<>();

        Connections(int port) {
            this(port, REQUEST);
        }

        Connections(int port, String request) {
            this.port = port;
            this.request = request;
        }

        boolean isAnswered(String from) throws IOException {
            var client = new RawClient(from, port);
            if (answers(client)) {
                open.add(client);
                return true;
            }
            client.close();
            return false;
        }

        private boolean answers(RawClient client) throws IOException {
            try {
                client.write(request);
                return client.read() == 'H' && isUpgraded(client);
            } catch (SocketException e) {
                return false;
            }
        }

        /// Reads the rest of the head, if an upgrade was asked for.
        private boolean isUpgraded(RawClient client) throws IOException {
            if (request.equals(REQUEST)) {
                return true;
            }
            var head = new StringBuilder("H");
            while (!head.toString().endsWith("\r\n\r\n")) {
                head.append((char) client.read());
            }
            return head.toString().startsWith("HTTP/1.1 101");
        }

        @Override
        public void close() throws IOException {
            for (var client : open) {
                client.close();
            }
        }
    }

    // ---- readers

    @Test
    void whoNeverReadsTheAnswerIsCut() throws Exception {
        var written = new CompletableFuture<Long>();
        try (var server = server(Settings.Edge.LOCAL, ctx -> write(ctx, written));
                var client = new RawClient(server.port())) {
            client.write("GET /thing HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertIsCut(written);
        }
    }

    @Test
    void whoReadsAByteNowAndThenIsCut() throws Exception {
        var written = new CompletableFuture<Long>();
        try (var server = server(Settings.Edge.LOCAL, ctx -> write(ctx, written));
                var client = new RawClient(server.port())) {
            client.write("GET /thing HTTP/1.1\r\nHost: localhost\r\n\r\n");
            while (!isOver(written)) {
                client.read();
            }
            assertIsCut(written);
        }
    }

    @Test
    void whoReadsGetsAll() throws Exception {
        var written = new CompletableFuture<Long>();
        try (var server = server(Settings.Edge.LOCAL, ctx -> write(ctx, written));
                var client = new RawClient(server.port())) {
            client.write("GET /thing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(client.readAll().length()).isGreaterThan(CHUNK * CHUNKS);
            assertThat(written.get(20, TimeUnit.SECONDS)).isEqualTo((long) CHUNK * CHUNKS);
        }
    }

    @Test
    void aStreamThatIsSilentForLongIsLeftAlone() throws Exception {
        var slow = new CompletableFuture<Long>();
        try (var server = server(Settings.Edge.LOCAL, ctx -> {
            if (ctx.queryString() == null) {
                write(ctx, slow);
            } else {
                ctx.res().getOutputStream().print("first");
                ctx.res().flushBuffer();
                slow.handle((_, _) -> 0).join(); // somebody else was cut meanwhile: this one was looked at for as long
                ctx.res().getOutputStream().print("last");
            }
        }); var quiet = new RawClient(server.port()); var stuck = new RawClient(server.port())) {
            quiet.write("GET /thing?quiet HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            stuck.write("GET /thing HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(quiet.readAll()).contains("first").contains("last");
        }
    }

    private static void write(Context ctx, CompletableFuture<Long> written) {
        long total = 0;
        try {
            for (int i = 0; i < CHUNKS; i++) {
                ctx.res().getOutputStream().write(new byte[CHUNK]);
                total += CHUNK;
            }
            written.complete(total);
        } catch (IOException e) {
            written.completeExceptionally(e);
        }
    }

    private static boolean isOver(CompletableFuture<Long> written) throws InterruptedException {
        try {
            written.get(20, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    private static void assertIsCut(CompletableFuture<Long> written) {
        assertThatThrownBy(() -> written.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    private static WebServer server(Settings.Edge edge, Handler handler) {
        var limits = new EdgeLimits(new RequestBody(CHUNK, Duration.ofSeconds(20)), Duration.ofSeconds(20),
                Duration.ofMillis(600), 1 << 30, ALL, PER_ADDRESS);
        return WebServer.start("127.0.0.1", 0, limits, edge, (_, _) -> {},
                List.of(Route.get("/thing", Access.PUBLIC, handler),
                        Route.socket("/socket", Access.PUBLIC, _ -> new Silent())),
                new CompositeMeterRegistry());
    }

    private record Silent() implements SocketHandler.Client {
        @Override
        public void opened(Socket socket) {}

        @Override
        public void said(String text) {}

        @Override
        public void closed() {}
    }
}
