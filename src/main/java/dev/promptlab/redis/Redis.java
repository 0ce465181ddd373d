package dev.promptlab.redis;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A Redis (6.2 or newer, or Valkey) that may be slow, hung or away: then every question is answered with "nothing", at once. Thread-safe.
///
/// A question waits for at most [#PATIENCE]. The first that gets no answer in that time ends the connection, which frees all others
/// that wait at that moment, and nobody asks again until the background has connected anew and every server has answered a PING in
/// time. So an outage costs a process that time once. A server that is well for moments only is tried more and more rarely.
public final class Redis implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Redis.class);

    /// How long a question may take, unless somebody says otherwise.
    public static final Duration PATIENCE = Duration.ofMillis(80);

    private final RedisUrl url;
    private final Duration patience;
    private final Subscriptions subscriptions = new Subscriptions();
    private final Upkeep upkeep;

    private Redis(RedisUrl url, Duration patience) {
        this.url = url;
        this.patience = patience;
        this.upkeep = new Upkeep(url, patience, subscriptions::listen);
    }

    /// Connects in the background, now and whenever the connection was lost; returns at once.
    public static Redis connect(RedisUrl url) {
        return connect(url, PATIENCE);
    }

    /// As [#connect(RedisUrl)].
    ///
    /// @param patience how long a question may take
    public static Redis connect(RedisUrl url, Duration patience) {
        var redis = new Redis(url, patience);
        redis.upkeep.start();
        return redis;
    }

    /// Whether questions are asked at the moment.
    public boolean isUp() {
        return upkeep.link() != null;
    }

    /// Another object for each connection: a server that was gone may have forgotten what it was told before. Null while it is away.
    public @Nullable Object connection() {
        return upkeep.link();
    }

    /// What the command answered; empty for nil, and when there is no answer. In the second case Redis may have done it all the same.
    ///
    /// @param question sends commands, waits for nothing
    public <T> Optional<T> ask(
            Function<RedisClusterAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> question) {
        var link = upkeep.link();
        if (link == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(Waiting.until(question.apply(link.commands()), patience));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CancellationException e) {
            // the link ended while we waited
        } catch (RuntimeException e) {
            judge(link, e);
        }
        return Optional.empty();
    }

    /// Runs a script, in one round trip once Redis knows it.
    ///
    /// @param script answers a list of whole numbers
    /// @param keys all that it touches; of one hash tag (`{...}`), so that they are together in a Cluster
    /// @return as [#ask]
    public Optional<List<Long>> eval(Script script, List<String> keys, List<String> arguments) {
        var keyArray = keys.toArray(String[]::new);
        var argumentArray = arguments.stream().map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
        return ask(commands -> commands
                .<List<Long>>evalsha(script.sha(), ScriptOutputType.MULTI, keyArray, argumentArray)
                .exceptionallyCompose(e -> isUnknownScript(e)
                        ? commands.eval(script.text(), ScriptOutputType.MULTI, keyArray, argumentArray)
                        : CompletableFuture.failedFuture(e)));
    }

    private static boolean isUnknownScript(Throwable e) {
        return e instanceof RedisNoScriptException || e.getCause() instanceof RedisNoScriptException;
    }

    /// Sends commands and waits for nothing, so nobody hears whether they were done.
    public void send(Function<RedisClusterAsyncCommands<String, byte[]>, ? extends CompletionStage<?>> commands) {
        var link = upkeep.link();
        if (link == null) {
            return;
        }
        try {
            var _ = commands.apply(link.commands());
        } catch (RuntimeException e) {
            judge(link, e);
        }
    }

    /// Tells the other processes on this Redis. Waits for nothing; may be lost.
    public void publish(String channel, String hint) {
        send(commands -> commands.publish(channel, subscriptions.signed(hint).getBytes(UTF_8)));
    }

    /// Hears what other processes publish there. One subscription a channel.
    ///
    /// @param onHint takes each hint; must be quick and ask nothing
    /// @param onGap called when hints may have been lost before: each time it begins to listen; likewise quick
    public void subscribe(String channel, Consumer<String> onHint, Runnable onGap) {
        subscriptions.add(channel, onHint, onGap);
        var link = upkeep.link();
        if (link != null) {
            Subscriptions.listen(link, channel);
        }
    }

    /// Finds out whether a failure speaks against the command or against the server.
    private void judge(Link link, RuntimeException failure) {
        if (Refusals.isOfTheCommand(failure)) {
            log.warn("Redis refused a command: {}", Refusals.reason(failure));
        } else {
            upkeep.giveUp(link, Refusals.reason(failure));
        }
    }

    /// Where it is, without the password.
    @Override
    public String toString() {
        return url.toString();
    }

    @Override
    public void close() {
        upkeep.close();
    }
}
