package dev.promptlab.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// A way to a server on this machine that a test can cut.
public final class TcpProxy implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    /// First byte of a message of PostgreSQL's protocol.
    private static final byte NOTIFICATION = 'A';

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger commitsToLose = new AtomicInteger();
    private final AtomicInteger submitsToLose = new AtomicInteger();
    private final AtomicInteger lostCommits = new AtomicInteger();
    private final AtomicInteger lostHints = new AtomicInteger();
    private volatile boolean losesHints;
    private volatile boolean down;

    private TcpProxy(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /// @param target port on the loopback address
    public static TcpProxy to(int target) {
        try {
            var proxy = new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
            Thread.ofVirtual().name("proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /// Ends every connection, whatever is under way on it; new ones are taken again at once.
    ///
    /// @return how many there were
    public int cut() {
        int count = open.size();
        open.forEach(TcpProxy::close);
        return count;
    }

    /// Ends every connection and ends each new one at once, until [#up].
    public void down() {
        down = true;
        cut();
    }

    public void up() {
        down = false;
    }

    /// PostgreSQL gets the next `count` commits of submits and settles, and carries them out; its answer is lost and the
    /// connection ends.
    public void loseAnswersToCommits(int count) {
        commitsToLose.set(count);
    }

    /// As [#loseAnswersToCommits], of submits that are one statement and commit themselves.
    public void loseAnswersToSubmits(int count) {
        submitsToLose.set(count);
    }

    /// How many commits, of either kind, were carried out whose answer was lost.
    public int lostCommits() {
        return lostCommits.get();
    }

    /// Whether PostgreSQL's notifications get lost, and nothing else.
    public void loseHints(boolean lost) {
        losesHints = lost;
    }

    /// How many pieces of notifications got lost.
    public int lostHints() {
        return lostHints.get();
    }

    private void accept() {
        try {
            while (true) {
                var client = listener.accept();
                if (down) {
                    close(client);
                } else {
                    connect(client);
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void connect(Socket client) {
        var server = new Socket();
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            close(client);
            return;
        }
        open.add(client);
        var commits = new Statements("COMMIT\\x00");
        var submits = new Statements("with s as materialized");
        var works = new Statements("with [su] as materialized");
        var hasWorked = new AtomicBoolean();
        var loseAnswer = new AtomicBoolean();
        pump(client, server, client, bytes -> {
            if ((commits.isOne(bytes) && hasWorked.getAndSet(false) && countDown(commitsToLose))
                    || (submits.isOne(bytes) && countDown(submitsToLose))) {
                loseAnswer.set(true);
            }
            if (works.isOne(bytes)) {
                hasWorked.set(true);
            }
            return true;
        });
        pump(server, client, client, bytes -> {
            if (loseAnswer.get()) {
                lostCommits.incrementAndGet();
                throw new IOException("the answer to a commit is lost");
            }
            boolean lost = losesHints && bytes[0] == NOTIFICATION;
            if (lost) {
                lostHints.incrementAndGet();
            }
            return !lost;
        });
    }

    private static boolean countDown(AtomicInteger left) {
        return left.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    }

    /// What passes.
    private interface Gate {
        /// Whether these bytes go on; an exception ends the connection.
        boolean passes(byte[] bytes) throws IOException;
    }

    /// Finds the statements of one kind on one connection: the driver names a statement once and then goes by its name.
    private static final class Statements {
        private final Pattern parsed;
        private final Set<String> names = new HashSet<>();

        /// @param start regular expression
        Statements(String start) {
            parsed = Pattern.compile("P[\\x00-\\xff]{4}(S_\\d+)?\\x00" + start);
        }

        boolean isOne(byte[] bytes) {
            var text = new String(bytes, StandardCharsets.ISO_8859_1);
            var parse = parsed.matcher(text);
            if (parse.find()) {
                if (parse.group(1) != null) {
                    names.add(parse.group(1));
                }
                return true;
            }
            return text.startsWith("B") && names.stream().anyMatch(name -> text.contains("\0" + name + "\0"));
        }
    }

    private void pump(Socket from, Socket to, Socket client, Gate gate) {
        Thread.ofVirtual().start(() -> {
            try (from; to) {
                var buffer = new byte[BUFFER];
                for (int n = from.getInputStream().read(buffer); n > 0; n = from.getInputStream().read(buffer)) {
                    if (gate.passes(Arrays.copyOf(buffer, n))) {
                        to.getOutputStream().write(buffer, 0, n);
                    }
                }
            } catch (IOException e) {
                // one of the two ended it
            } finally {
                open.remove(client);
                close(client);
            }
        });
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone already
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
