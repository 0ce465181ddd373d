package dev.promptlab.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// One database and one provider, and processes on them as many as a test wants. The lease is 2 s unless told otherwise.
public final class Fleet implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("(?<=127\\.0\\.0\\.1:)\\d+");
    private static final int CLIENTS = 16;

    private final ScriptedProvider provider = ScriptedProvider.start();
    private final TestDatabase database = TestDatabase.create();

    public ScriptedProvider provider() {
        return provider;
    }

    public TestDatabase database() {
        return database;
    }

    public QueueInvariants queue() {
        return new QueueInvariants(database.db());
    }

    /// API and worker in one process.
    public ServerProcess serve(Map<String, String> more) {
        return ServerProcess.serve(environment(more));
    }

    /// @param port 0 takes a free one
    public ServerProcess api(int port, Map<String, String> more) {
        var api = ServerProcess.launch(environment(more), "serve", "--roles", "api", "--port", String.valueOf(port));
        api.awaitReady();
        return api;
    }

    public ServerProcess api() {
        return api(0, Map.of());
    }

    public ServerProcess worker(Map<String, String> more) {
        var worker = ServerProcess.launch(environment(more), "serve", "--roles", "worker", "--worker-concurrency",
                "16");
        worker.awaitReady();
        return worker;
    }

    public ServerProcess worker() {
        return worker(Map.of());
    }

    public Map<String, String> environment(Map<String, String> more) {
        var environment = new HashMap<>(
                Map.of("DATABASE_URL", database.environmentUrl(), "ANTHROPIC_API_KEY", "test-key",
                        "ANTHROPIC_BASE_URL", provider.url().toString(), "PROMPTLAB_LEASE", "2s"));
        environment.putAll(more);
        return environment;
    }

    /// To the database.
    public TcpProxy proxy() {
        var match = PORT.matcher(database.environmentUrl());
        if (!match.find()) {
            throw new IllegalStateException(database.environmentUrl());
        }
        return TcpProxy.to(Integer.parseInt(match.group()));
    }

    /// Settings of a process whose way to the database is a proxy.
    public Map<String, String> through(TcpProxy proxy, Map<String, String> more) {
        var environment = new HashMap<>(more);
        environment.put("DATABASE_URL",
                PORT.matcher(database.environmentUrl()).replaceFirst(String.valueOf(proxy.port())));
        return environment;
    }

    /// Submits jobs from several clients at once.
    ///
    /// @return their ids
    public static List<String> submit(ServerProcess server, int count, IntFunction<ObjectNode> request) {
        var client = JobClient.of(server);
        return inParallel(count, i -> client.submit(request.apply(i)));
    }

    /// @return the answers in order
    public static <T> List<T> inParallel(int count, IntFunction<T> work) {
        try (var threads = Executors.newFixedThreadPool(CLIENTS)) {
            var answers = new ArrayList<T>();
            for (var answer : threads.invokeAll(
                    IntStream.range(0, count).<Callable<T>>mapToObj(i -> () -> work.apply(i)).toList())) {
                answers.add(answer.get());
            }
            return answers;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Waits until every job has ended.
    ///
    /// @param server to ask
    public void awaitAllEnded(ServerProcess server) {
        for (var row : queue().rows()) {
            if (row.live()) {
                JobClient.of(server).finished(row.id().toString());
            }
        }
    }

    @Override
    public void close() {
        provider.close();
        database.close();
    }
}
