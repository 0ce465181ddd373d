package dev.promptlab.event;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/events`, `/jobs/{id}/events` and `/ws`. A plain handler that keeps its virtual thread for as long as somebody listens: what
/// the web library has for streams spins when a client leaves.
public final class EventRoutes {
    private static final Logger log = LoggerFactory.getLogger(EventRoutes.class);
    /// In one process.
    private static final int MAX_STREAMS = 4_000;
    private static final int ID_LENGTH = 40;

    private final Events events;
    private final JobLookup jobs;
    private final Semaphore streams = new Semaphore(MAX_STREAMS);

    public EventRoutes(Events events, JobLookup jobs) {
        this.events = events;
        this.jobs = jobs;
    }

    public List<Route> routes() {
        return List.of(Route.get("/events", Permission.JOBS_READ, this::all),
                Route.get("/jobs/{id}/events", Permission.JOBS_READ, this::ofJob),
                Route.socket("/ws", Permission.JOBS_READ, ctx -> new EventSocket(events, jobs, streams, ctx)));
    }

    private void all(Context ctx) throws IOException, InterruptedException {
        var in = Fields.ofQuery(ctx);
        var after = after(ctx, in);
        var types = types(in);
        var wait = in.duration("wait");
        in.check();
        requireKept(events, after);
        stream(ctx, out -> new SseLine(out, SseLine.Ends.NEVER, wait),
                follower -> follower.add(true, Map.of(), after), types);
    }

    private void ofJob(Context ctx) throws IOException, InterruptedException {
        var in = Fields.ofQuery(ctx);
        var after = after(ctx, in);
        var wait = in.duration("wait");
        in.check();
        var job = Http.id(ctx, "job");
        var workspace = Caller.of(ctx).workspaceId();
        var life = jobs.find(workspace, job).orElseThrow(() -> Http.notFound("job", job));
        if (life.isOver()) {
            tell(ctx, events.ofJob(new EventStore.Wanted(workspace, job), life, Long.MAX_VALUE), after);
        } else {
            requireKept(events, after);
            stream(ctx, out -> new SseLine(out, SseLine.Ends.WITH_THE_JOB, wait),
                    follower -> follower.add(false, Map.of(job, life), after), EventType.ALL);
        }
    }

    /// All there is to say of a job that is over: nothing will follow. 204 keeps a browser from coming again.
    private static void tell(Context ctx, List<Row> rows, @Nullable EventId after) throws IOException {
        var kept = rows.stream().flatMap(row -> row.events().stream())
                .filter(event -> after == null || event.id().isAfter(after)).toList();
        if (kept.isEmpty()) {
            ctx.status(204);
        } else if (begin(ctx)) {
            var line = new SseLine(ctx.res().getOutputStream(), SseLine.Ends.WITH_THE_JOB, null);
            for (var event : kept) {
                line.event(event);
            }
            line.flush();
        }
    }

    @FunctionalInterface
    private interface Beginning {
        /// @return false when the stream is over
        boolean say(Follower follower) throws IOException, InterruptedException;
    }

    private void stream(Context ctx, Function<OutputStream, SseLine> lines, Beginning beginning, Set<EventType> types)
            throws InterruptedException {
        if (!streams.tryAcquire()) {
            throw tooMany();
        }
        try {
            if (begin(ctx)) {
                var line = lines.apply(ctx.res().getOutputStream());
                var nothing = Filter.nothing(Caller.of(ctx).workspaceId(), types);
                try (var follower = Follower.of(events, nothing, line, Http.admission(ctx))) {
                    if (beginning.say(follower)) {
                        follower.follow();
                    }
                }
            }
        } catch (IOException e) {
            log.debug("a client left its stream: {}", e.getMessage());
        } finally {
            streams.release();
        }
    }

    static Failure tooMany() {
        return new Failure.Unavailable(
                "this server has " + MAX_STREAMS + " streams open; try again, or another server");
    }

    /// @return false when only the head of the answer is asked for
    private static boolean begin(Context ctx) {
        ctx.contentType("text/event-stream").header("X-Accel-Buffering", "no");
        return ctx.method().equals(HandlerType.GET);
    }

    /// A browser that comes again repeats the query, so the header counts more.
    private static @Nullable EventId after(Context ctx, Fields in) {
        var query = in.text("after", ID_LENGTH);
        var header = ctx.header("Last-Event-ID");
        if (header != null) {
            return EventId.parse(header).orElseThrow(() -> Failure.Invalid
                    .form("the header Last-Event-ID must be the id of an event, as this server has sent it"));
        }
        if (query == null) {
            return null;
        }
        var after = EventId.parse(query).orElse(null);
        if (after == null) {
            in.reject("after", "must be the id of an event, as this server has sent it");
        }
        return after;
    }

    private static Set<EventType> types(Fields in) {
        var text = in.text("types", 200);
        if (text == null) {
            return EventType.WITHOUT_TEXT;
        }
        var types = new HashSet<EventType>();
        for (var code : Arrays.asList(text.split(",", -1))) {
            var type = EventType.BY_CODE.get(code);
            if (type == null) {
                in.reject("types", "\"" + code + "\" is none of "
                        + String.join(", ", EventType.BY_CODE.keySet().stream().sorted().toList()));
            } else {
                types.add(type);
            }
        }
        return types;
    }

    /// @throws Failure.Conflict when some of what came after is not kept any more
    static void requireKept(Events events, @Nullable EventId after) throws InterruptedException {
        if (after != null && !events.reaches(after)) {
            throw new Failure.Conflict("what happened after the event " + after + " is not all kept any more;"
                    + " begin anew without an id, and look at the jobs for what happened in between");
        }
    }
}
