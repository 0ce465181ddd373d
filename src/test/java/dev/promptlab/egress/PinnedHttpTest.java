package dev.promptlab.egress;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PinnedHttpTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final char[] PASSWORD = "changeit".toCharArray();

    /// A server that answers each connection with a fixed text and remembers what it got, and at which of its addresses.
    private record Receiver(ServerSocket listener, BlockingQueue<String> requests, BlockingQueue<String> reachedAt)
            implements
                AutoCloseable {
        static Receiver answering(ServerSocket listener, String... pieces) {
            var receiver = new Receiver(listener, new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
            Thread.ofVirtual().start(() -> receiver.accept(List.of(pieces)));
            return receiver;
        }

        static Receiver answering(String... pieces) throws IOException {
            return answering(new ServerSocket(0, 50, InetAddress.ofLiteral("0.0.0.0")), pieces);
        }

        private void accept(List<String> pieces) {
            while (!listener.isClosed()) {
                try {
                    var socket = listener.accept();
                    reachedAt.add(socket.getLocalAddress().getHostAddress());
                    Thread.ofVirtual().start(() -> serve(socket, pieces));
                } catch (IOException e) {
                    return; // closed
                }
            }
        }

        private void serve(Socket socket, List<String> pieces) {
            try (socket) {
                requests.add(request(socket.getInputStream()));
                for (var piece : pieces) {
                    socket.getOutputStream().write(piece.getBytes(StandardCharsets.US_ASCII));
                    socket.getOutputStream().flush();
                }
                var _ = socket.getInputStream().read(); // until the client goes away
            } catch (IOException e) {
                // the client went away
            }
        }

        private static String request(InputStream in) throws IOException {
            var text = new StringBuilder();
            while (!text.toString().endsWith("}")) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                text.append((char) next);
            }
            return text.toString();
        }

        URI url(String host) {
            return URI.create("http://" + host + ":" + listener.getLocalPort() + "/hook?a=%20b");
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    @Test
    void sendsOneWholeRequestAndReadsTheStatus() throws Exception {
        try (var receiver = Receiver
                .answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nretry-after: 7\r\n\r\n");
                var http = new PinnedHttp(OutgoingUrls.allowing(List.of("127.0.0.1")))) {
            var answer = http.post(receiver.url("127.0.0.1"), Map.of("X-One", "1"),
                    "{}".getBytes(StandardCharsets.UTF_8),
                    PATIENCE);

            assertThat(answer).isEqualTo(new PinnedHttp.Answer(503, "7"));
            assertThat(receiver.requests().take()).startsWith("POST /hook?a=%20b HTTP/1.1\r\nHost: 127.0.0.1:")
                    .contains("\r\nX-One: 1\r\n", "\r\nContent-Length: 2\r\n").endsWith("\r\n\r\n{}");
        }
    }

    @Test
    void aNameThatChangesItsAddressBetweenCheckAndConnectReachesOnlyWhatWasChecked() throws Exception {
        var asked = new AtomicInteger();
        var urls = new OutgoingUrls(AllowList.parse(List.of("127.0.0.2")),
                _ -> new InetAddress[]{
                        InetAddress.ofLiteral(asked.incrementAndGet() == 1 ? "127.0.0.2" : "127.0.0.1")});
        try (var receiver = Receiver.answering(OK); var http = new PinnedHttp(urls)) {
            assertThat(post(http, receiver.url("rebind.test")).status()).isEqualTo(200);
            assertThat(asked).hasValue(1);

            assertThatThrownBy(() -> post(http, receiver.url("rebind.test")))
                    .isInstanceOf(AddressRefusedException.class);
            assertThat(receiver.reachedAt()).containsExactly("127.0.0.2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"301", "302", "303", "307", "308"})
    void redirectsAreNotFollowed(String status) throws Exception {
        try (var inner = Receiver.answering(OK);
                var receiver = Receiver.answering("HTTP/1.1 " + status + " Moved\r\nContent-Length: 0\r\nLocation: "
                        + inner.url("127.0.0.1") + "\r\n\r\n");
                var http = local()) {
            assertThat(post(http, receiver.url("127.0.0.1")).status()).isEqualTo(Integer.parseInt(status));
            assertThat(inner.requests()).isEmpty();
        }
    }

    @Test
    void anAnswerThatDoesNotComeIsCutAtTheDeadline() throws Exception {
        try (var receiver = Receiver.answering("HTTP/1.1 20"); var http = local()) {
            assertThatThrownBy(() -> http.post(receiver.url("127.0.0.1"), Map.of(), new byte[]{'}'},
                    Duration.ofSeconds(1))).isInstanceOf(IOException.class).hasMessage("no complete answer within 1 s");
        }
    }

    @Test
    void aLookupThatDoesNotEndIsCutAtTheDeadline() throws Exception {
        var urls = new OutgoingUrls(AllowList.parse(List.of()), PinnedHttpTest::hang);
        try (var http = new PinnedHttp(urls)) {
            assertThatThrownBy(() -> http.post(URI.create("http://slow.test/"), Map.of(), new byte[0],
                    Duration.ofMillis(200))).isInstanceOf(IOException.class);
        }
    }

    private static InetAddress[] hang(String host) {
        try {
            new LinkedBlockingQueue<>().take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.9\r\n\r\n", "HTTP/2 200\r\n\r\n", "\r\n\r\n",
            "HTTP/1.1 2000 OK\r\n\r\n"})
    void whatIsNotHttpIsAFailure(String answer) throws Exception {
        try (var receiver = Receiver.answering(answer); var http = local()) {
            assertThatThrownBy(() -> post(http, receiver.url("127.0.0.1"))).isInstanceOf(IOException.class)
                    .hasMessage("the answer is not HTTP/1.1");
        }
    }

    @Test
    void anEndlessHeadIsAFailureAndAnEndlessBodyIsNone() throws Exception {
        try (var head = Receiver.answering("HTTP/1.1 200 OK\r\n", "x: " + "y".repeat(70 << 10));
                var body = Receiver.answering("HTTP/1.1 200 OK\r\n\r\n", "y".repeat(1 << 20));
                var http = local()) {
            assertThatThrownBy(() -> post(http, head.url("127.0.0.1")))
                    .hasMessage("the head of the answer is too large");
            assertThat(post(http, body.url("127.0.0.1")).status()).isEqualTo(200);
        }
    }

    @Test
    void aRefusedConnectionSaysSo() throws Exception {
        URI url;
        try (var receiver = Receiver.answering(OK)) {
            url = receiver.url("127.0.0.1");
        }
        try (var http = local()) {
            assertThatThrownBy(() -> post(http, url)).isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot connect");
        }
    }

    @Test
    void theCertificateMustBeOfTheNameInTheUrl(@TempDir Path folder) throws Exception {
        var tls = tls(folder, "receiver.test");
        var urls = new OutgoingUrls(AllowList.parse(List.of("127.0.0.1")),
                _ -> new InetAddress[]{InetAddress.ofLiteral("127.0.0.1")});
        try (var receiver = Receiver.answering(tls.getServerSocketFactory().createServerSocket(0), OK);
                var http = new PinnedHttp(urls, tls.getSocketFactory());
                var distrusting = new PinnedHttp(urls, (SSLSocketFactory) SSLSocketFactory.getDefault())) {
            var port = receiver.listener().getLocalPort();
            assertThat(post(http, URI.create("https://receiver.test:" + port + "/")).status()).isEqualTo(200);
            assertThatThrownBy(() -> post(http, URI.create("https://other.test:" + port + "/")))
                    .hasMessageStartingWith("no secure connection").hasMessageContaining("other.test");
            assertThatThrownBy(() -> post(distrusting, URI.create("https://receiver.test:" + port + "/")))
                    .hasMessageStartingWith("no secure connection");
        }
    }

    /// Holds a certificate for `name` and trusts it.
    private static SSLContext tls(Path folder, String name) throws Exception {
        var file = folder.resolve("keys.p12");
        var keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-keystore", file.toString(), "-storepass", "changeit", "-keyalg", "EC", "-dname",
                "CN=" + name, "-ext", "SAN=dns:" + name).redirectErrorStream(true).start();
        assertThat(new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isNotNull();
        assertThat(keytool.waitFor()).isZero();
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static PinnedHttp local() {
        return new PinnedHttp(OutgoingUrls.allowing(List.of("127.0.0.1")));
    }

    private static PinnedHttp.Answer post(PinnedHttp http, URI url) throws IOException, InterruptedException {
        return http.post(url, Map.of(), "{}".getBytes(StandardCharsets.UTF_8), PATIENCE);
    }
}
