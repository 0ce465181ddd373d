package dev.promptlab.event;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Problem;
import dev.promptlab.web.Socket;
import dev.promptlab.web.SocketHandler;
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.access.Caller;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.Objects.requireNonNull;

/// One WebSocket: what it subscribes to goes out as `event` frames. See docs/events.md for the frames.
final class EventSocket implements SocketHandler.Client, Line {
    private static final Logger log = LoggerFactory.getLogger(EventSocket.class);
    private static final int MAX_TOPICS = 500;
    private static final String JOBS = "jobs";
    private static final String JOB = "job:";

    private final Events events;
    private final JobLookup jobs;
    private final Semaphore streams;
    private final UUID workspaceId;
    private final Runnable admission;
    private @Nullable Socket socket;
    private volatile @Nullable Follower follower;

    /// @param ctx of the request that opens it
    EventSocket(Events events, JobLookup jobs, Semaphore streams, Context ctx) {
        this.events = events;
        this.jobs = jobs;
        this.streams = streams;
        this.workspaceId = Caller.of(ctx).workspaceId();
        this.admission = Http.admission(ctx);
    }

    @Override
    public void opened(Socket opened) {
        socket = opened;
        if (!streams.tryAcquire()) {
            opened.close(Socket.TRY_LATER, "too many streams");
            return;
        }
        try {
            var follows = Follower.of(events, Filter.nothing(workspaceId, EventType.WITHOUT_TEXT), this, admission);
            follower = follows;
            Thread.ofVirtual().name("ws").start(() -> follow(follows, opened));
        } catch (Failure e) {
            streams.release();
            opened.close(Socket.TRY_LATER, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            streams.release();
            opened.close(Socket.GOING_AWAY, "the server stops");
        }
    }

    private void follow(Follower follows, Socket opened) {
        try (follows) {
            follows.follow();
            opened.close(Socket.GOING_AWAY, "the server stops");
        } catch (IOException | InterruptedException e) {
            opened.close(Socket.GOING_AWAY, ""); // the client is gone
        } catch (RuntimeException e) {
            log.warn("a WebSocket ends: {}", e.getMessage());
            opened.close(Socket.TRY_LATER, "try again");
        } finally {
            streams.release();
        }
    }

    @Override
    public void said(String text) {
        var follows = follower;
        if (follows == null) {
            return;
        }
        try {
            understand(Http.parse(text.getBytes(StandardCharsets.UTF_8)), follows);
        } catch (Failure e) {
            complain(e);
        } catch (IOException | InterruptedException e) {
            closed();
        }
    }

    private void understand(JsonNode frame, Follower follows) throws IOException, InterruptedException {
        var in = Fields.of(frame);
        var type = in.oneOf("type", List.of("subscribe", "unsubscribe", "ping"));
        var topics = topics(in);
        var text = in.text("after", 40);
        var after = text == null ? null : EventId.parse(text).orElse(null);
        if (text != null && after == null) {
            in.reject("after", "must be the id of an event, as this server has sent it");
        }
        in.check();
        switch (String.valueOf(type)) {
            case "subscribe" -> subscribe(topics, after, follows);
            case "unsubscribe" -> follows.remove(topics);
            case "ping" -> send(Json.object().put("type", "ping"));
            default -> throw Failure.Invalid.field("type", "must be subscribe, unsubscribe or ping");
        }
    }

    private void subscribe(Topics topics, @Nullable EventId after, Follower follows)
            throws IOException, InterruptedException {
        EventRoutes.requireKept(events, after);
        if (follows.filter().size() + topics.jobs().size() > MAX_TOPICS) {
            throw Failure.Invalid.field("topics", "one socket follows at most " + MAX_TOPICS + " jobs");
        }
        Map<UUID, JobLookup.Life> lives = new LinkedHashMap<>();
        for (var job : topics.jobs()) {
            lives.put(job, jobs.find(workspaceId, job).orElseThrow(() -> Http.notFound("job", job)));
        }
        follows.add(topics.allJobs(), lives, after);
    }

    /// `["jobs","job:019a..."]`
    private static Topics topics(Fields in) {
        var list = in.any("topics");
        var found = new ArrayList<UUID>();
        boolean all = false;
        for (var topic : list == null ? Json.array() : list) {
            var text = topic.asText();
            var job = text.startsWith(JOB) ? Uuids.parse(text.substring(JOB.length())).orElse(null) : null;
            if (job != null) {
                found.add(job);
            } else if (text.equals(JOBS)) {
                all = true;
            } else {
                in.reject("topics", "\"" + text + "\" is no topic; topics are jobs and job:<id>");
            }
        }
        return new Topics(all, found);
    }

    @Override
    public void closed() {
        var follows = follower;
        if (follows != null) {
            follows.stop();
        }
    }

    private void complain(Failure failure) {
        try {
            refuse(failure, false);
        } catch (IOException e) {
            closed();
        }
    }

    @Override
    public void event(JobEvent event) throws IOException {
        send("{\"type\":\"event\",\"event\":" + event.json() + "}");
    }

    @Override
    public void mark(EventId upTo) throws IOException {
        send(Json.object().put("type", "subscribed").put("after", upTo.toString()));
    }

    @Override
    public void flush() {
        // each frame goes by itself
    }

    @Override
    public void beat() throws IOException {
        send(Json.object().put("type", "ping"));
    }

    @Override
    public boolean wantsMore() {
        return true;
    }

    @Override
    public void refuse(Failure failure) throws IOException {
        refuse(failure, true);
    }

    private void refuse(Failure failure, boolean close) throws IOException {
        ObjectNode frame = Json.object().put("type", "error").set("error", Problem.of(failure).toJson());
        send(frame);
        if (close) {
            requireNonNull(socket).close(Socket.REFUSED, String.valueOf(failure.getMessage()));
        }
    }

    private void send(JsonNode frame) throws IOException {
        send(Json.text(frame));
    }

    private void send(String frame) throws IOException {
        try {
            requireNonNull(socket).send(frame);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
