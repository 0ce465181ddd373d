package dev.promptlab.egress;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Posts to URLs of users over HTTP/1.1, one connection a call, connected to an address that was checked a moment before: no
/// second lookup, no redirect, no proxy of the environment in between. TLS is checked against the name in the URL. The
/// deadline covers everything from the lookup to the end of the answer. Thread-safe.
///
/// Why not `java.net.http`: it looks the name up by itself, so that a name server can answer the check with one address and the
/// connection with another (docs/adr/0009-callbacks.md).
public final class PinnedHttp implements AutoCloseable {
    /// Lookups cannot be interrupted and would hold the few carriers of virtual threads: they get threads of their own.
    private static final int LOOKUPS = 64;
    private static final Duration IDLE_LOOKUP = Duration.ofSeconds(30);
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /// What came back.
    ///
    /// @param retryAfter the header as it came; empty when there is none
    public record Answer(int status, String retryAfter) {}

    private final OutgoingUrls urls;
    private final SSLSocketFactory tls;
    private final ThreadPoolExecutor lookups = new ThreadPoolExecutor(LOOKUPS, LOOKUPS, IDLE_LOOKUP.toSeconds(),
            TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("lookup-", 0).factory());
    private final ScheduledExecutorService cutter = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("egress-deadline").factory());

    public PinnedHttp(OutgoingUrls urls) {
        this(urls, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    PinnedHttp(OutgoingUrls urls, SSLSocketFactory tls) {
        this.urls = urls;
        this.tls = tls;
        lookups.allowCoreThreadTimeOut(true);
    }

    /// @param uri without [OutgoingUrls#problem]
    /// @param headers beside `Host`, `Content-Length` and `Connection`
    /// @return the answer, whatever its status
    /// @throws IOException with a message for whoever named the URL, when there is no complete answer within `patience`
    public Answer post(URI uri, Map<String, String> headers, byte[] body, Duration patience)
            throws IOException, InterruptedException {
        try (var answer = open(uri, headers, body, patience)) {
            answer.skipBody();
            return new Answer(answer.status(), answer.headers().firstValue("retry-after").orElse(""));
        }
    }

    /// As [#post], but returns as soon as the head of the answer is there. The deadline goes on until the answer is closed.
    ///
    /// @throws ConnectException when there is no connection, so that nothing was sent
    /// @throws AddressRefusedException when the host may not be called, so that nothing was sent
    public PinnedAnswer open(URI uri, Map<String, String> headers, byte[] body, Duration patience)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        var host = OutgoingUrls.host(uri);
        try {
            var socket = connect(addresses(host, end), port(uri), end);
            // Closing the plain socket also ends a handshake; closing a TLS socket could wait for it.
            var cut = cutter.schedule(() -> close(socket), Math.max(0, left(end)), TimeUnit.NANOSECONDS);
            Runnable over = () -> {
                cut.cancel(false);
                close(socket);
            };
            try {
                var channel = secured(uri, host, socket);
                if (left(end) <= 0) { // the process was stopped for a while: others may make this call now
                    throw new SocketTimeoutException();
                }
                new Request(uri, headers, body).send(channel.getOutputStream());
                return PinnedAnswer.read(channel, over);
            } catch (IOException | RuntimeException e) {
                over.run();
                throw e;
            }
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw left(end) > 0 ? e
                    : new SocketTimeoutException(
                            "no complete answer within " + Math.ceilDiv(patience.toMillis(), 1_000) + " s");
        }
    }

    private List<InetAddress> addresses(String host, long end) throws IOException, InterruptedException {
        var lookup = lookups.submit(() -> urls.resolve(host));
        try {
            return lookup.get(left(end), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            lookup.cancel(false);
            throw new SocketTimeoutException("the address of " + host + " was not found in time");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case UnknownHostException _ -> throw new UnknownHostException("the host " + host + " has no address");
                case IOException cause -> throw cause;
                case null, default -> throw new IllegalStateException("a lookup failed (bug)", e.getCause());
            }
        }
    }

    /// To the first address that takes the connection.
    private static Socket connect(List<InetAddress> addresses, int port, long end) throws IOException {
        IOException failure = new ConnectException("no address");
        for (var address : addresses) {
            var socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, port), millis(end));
                return socket;
            } catch (IOException e) {
                close(socket);
                failure = e;
            }
        }
        throw new ConnectException("cannot connect: " + failure.getMessage());
    }

    private static int millis(long end) {
        return (int) Math.clamp(Duration.ofNanos(left(end)).toMillis(), 1, CONNECT_PATIENCE.toMillis());
    }

    private Socket secured(URI uri, String host, Socket socket) throws IOException {
        if (!isSecure(uri)) {
            return socket;
        }
        var secure = (SSLSocket) tls.createSocket(socket, host, socket.getPort(), true); // the name goes into SNI
        var parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        try {
            secure.startHandshake();
        } catch (SSLException e) {
            throw (IOException) new ConnectException("no secure connection: " + e.getMessage()).initCause(e);
        }
        return secure;
    }

    private static boolean isSecure(URI uri) {
        return uri.getScheme().equalsIgnoreCase("https");
    }

    private static int port(URI uri) {
        return uri.getPort() > 0 ? uri.getPort() : isSecure(uri) ? HTTPS_PORT : HTTP_PORT;
    }

    private static long left(long end) {
        return end - System.nanoTime();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more, closed or not
        }
    }

    @Override
    public void close() {
        List.<ExecutorService>of(lookups, cutter).forEach(ExecutorService::shutdownNow);
    }
}
