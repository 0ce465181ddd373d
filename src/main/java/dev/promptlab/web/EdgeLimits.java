package dev.promptlab.web;

import java.time.Duration;

/// How much, how many and how slowly: the bounds that hold for every client.
///
/// @param headPatience from the first byte of a request to the end of its head
/// @param readPatience in which a client must read an answer, besides what its size allows
/// @param bytesPerSecond that a client must at least read
/// @param connections open at once, of all clients and of one address (trusted proxies have no bound of their own)
record EdgeLimits(RequestBody bodies, Duration headPatience, Duration readPatience, int bytesPerSecond, int connections,
        int connectionsPerAddress) {
    private static final Duration BODY_PATIENCE = Duration.ofSeconds(20);
    private static final Duration HEAD_PATIENCE = Duration.ofSeconds(10);
    private static final Duration READ_PATIENCE = Duration.ofSeconds(20);
    private static final int BYTES_PER_SECOND = 4 << 10;
    private static final int CONNECTIONS = 8_000;
    private static final int CONNECTIONS_PER_ADDRESS = 2_000;

    static EdgeLimits of(int maxBodyBytes) {
        return new EdgeLimits(new RequestBody(maxBodyBytes, BODY_PATIENCE), HEAD_PATIENCE, READ_PATIENCE,
                BYTES_PER_SECOND,
                CONNECTIONS, CONNECTIONS_PER_ADDRESS);
    }
}
