package dev.promptlab.web;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import org.eclipse.jetty.io.Connection;

/// Closes new connections beyond a number, of all clients and of one address.
final class ConnectionLimits implements Connection.Listener {
    private final int total;
    private final int perAddress;
    private final Predicate<InetAddress> exempt;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
    /// Where a connection came from, which it does not know any more when it is closed.
    private final Map<Connection, InetAddress> counted = new ConcurrentHashMap<>();

    /// @param exempt addresses that speak for many clients
    ConnectionLimits(int total, int perAddress, Predicate<InetAddress> exempt) {
        this.total = total;
        this.perAddress = perAddress;
        this.exempt = exempt;
    }

    @Override
    public void onOpened(Connection connection) {
        int ofAll = open.incrementAndGet();
        if (count(connection) > perAddress || ofAll > total) {
            connection.getEndPoint().close();
        }
    }

    /// Of its address; 0 when nobody counts that.
    private int count(Connection connection) {
        if (connection.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress socket
                && !exempt.test(socket.getAddress())) {
            counted.put(connection, socket.getAddress());
            return byAddress.merge(socket.getAddress(), 1, Integer::sum);
        }
        return 0;
    }

    @Override
    public void onClosed(Connection connection) {
        open.decrementAndGet();
        var address = counted.remove(connection);
        if (address != null) {
            byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
        }
    }
}
