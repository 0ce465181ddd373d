package dev.promptlab.limit.rate;

import java.time.Duration;

import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.redis.Redis;
import dev.promptlab.redis.RedisUrl;
import dev.promptlab.testing.TcpProxy;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestRedis;

/// One process that limits requests, as an object whose ways to PostgreSQL and Redis a test can cut.
final class WindowNode implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    private final TcpProxy toPostgres;
    private final TcpProxy toRedis;
    private final Database db;
    private final Redis redis;
    private final SharedWindows windows;

    WindowNode(TestDatabase database, TestRedis server, Duration longest) {
        var url = database.url();
        int port = Integer.parseInt(url.jdbcUrl().replaceFirst(".*:(\\d+)/.*", "$1"));
        this.toPostgres = TcpProxy.to(port);
        this.toRedis = TcpProxy.to(server.port());
        this.db = Database.open(new DatabaseUrl(url.jdbcUrl().replace(":" + port + "/", ":" + toPostgres.port() + "/"),
                url.user(), url.password()), CONNECTIONS, DatabaseRole.AUTH);
        this.redis = Redis.connect(RedisUrl.parse("redis://127.0.0.1:" + toRedis.port()));
        this.windows = SharedWindows.start(db, new RedisWindows(redis), longest);
    }

    Windows windows() {
        return windows;
    }

    boolean countsInRedis() {
        return windows.countsInRedis();
    }

    void cutRedis(boolean cut) {
        set(toRedis, cut);
    }

    void cutPostgres(boolean cut) {
        set(toPostgres, cut);
    }

    private static void set(TcpProxy proxy, boolean cut) {
        if (cut) {
            proxy.down();
        } else {
            proxy.up();
        }
    }

    /// Ends it without a last word to anybody.
    void crash() {
        cutRedis(true);
        cutPostgres(true);
        close();
    }

    @Override
    public void close() {
        windows.close();
        redis.close();
        db.close();
        toRedis.close();
        toPostgres.close();
    }
}
