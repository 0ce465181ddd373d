package dev.promptlab.eval.server;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.re2j.Pattern;
import dev.promptlab.eval.suite.Arm;
import dev.promptlab.eval.suite.Problem;
import dev.promptlab.eval.suite.SuiteException;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// The API under `/evals/suites`, and `/evals/lint`.
final class SuiteRoutes {
    private static final int MAX_NAME = 120;
    private static final int MAX_TEXT = 500;
    private static final int MAX_PAGE = 200;
    private static final int PAGE = 50;
    private static final Pattern KEY = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern SUGGESTION = Pattern.compile("did you mean \"([^\"]+)\"");

    private record Read(UUID suiteId, int version) {}

    private final Cache<Read, ArrayNode> warnings = Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(1))
            .maximumSize(1_000).build();
    private final Suites suites;
    private final SuiteReader reader;

    SuiteRoutes(Suites suites, SuiteReader reader) {
        this.suites = suites;
        this.reader = reader;
    }

    List<Route> routes() {
        return List.of(Route.get("/evals/suites", Permission.JOBS_READ, this::list),
                Route.post("/evals/suites", Permission.JOBS_WRITE, this::create),
                Route.post("/evals/lint", Permission.JOBS_READ, this::lint),
                Route.get("/evals/suites/{id}", Permission.JOBS_READ, this::get),
                Route.put("/evals/suites/{id}", Permission.JOBS_WRITE, this::change),
                Route.delete("/evals/suites/{id}", Permission.JOBS_WRITE, this::archive),
                Route.post("/evals/suites/{id}/restore", Permission.JOBS_WRITE, this::restore),
                Route.get("/evals/suites/{id}/versions", Permission.JOBS_READ, this::versions),
                Route.get("/evals/suites/{id}/versions/{version}", Permission.JOBS_READ, this::version),
                Route.post("/evals/suites/{id}/cases", Permission.JOBS_WRITE, this::addCase));
    }

    private void list(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var limit = limit(in);
        var filter = new SuiteStore.Filter(in.flag("archived"), in.text("q", 200), in.uuid("cursor"), limit + 1);
        in.check();
        var found = suites.list(Caller.of(ctx).workspaceId(), filter);
        var array = Json.array();
        found.stream().limit(limit).forEach(each -> array.add(each.toJson()));
        Http.linkNext(ctx, found.size() > limit ? found.get(limit - 1).id() : null);
        Http.answer(ctx, 200, array);
    }

    static int limit(Fields in) {
        var limit = in.integer("limit", 1, MAX_PAGE);
        return limit == null ? PAGE : limit;
    }

    private void create(Context ctx) throws InterruptedException {
        var in = Fields.of(Http.body(ctx));
        var key = in.text("key", 60);
        if (key != null && !KEY.matcher(key).matches()) {
            in.reject("key", "must be lower-case letters and digits with - between them, as in support-tone");
        }
        var draft = new Suites.Draft(in.text("name", MAX_NAME), key, SuiteText.read(in), in.text("message", MAX_TEXT),
                null);
        in.check();
        var suite = suites.create(Caller.of(ctx), draft);
        ctx.header("Location", "/evals/suites/" + suite.id());
        Http.answer(ctx, 201, full(ctx, suite));
    }

    private void get(Context ctx) throws InterruptedException {
        Http.answer(ctx, 200, full(ctx, suites.require(Caller.of(ctx).workspaceId(), Http.id(ctx, "suite"))));
    }

    private void change(Context ctx) throws InterruptedException {
        var in = Fields.of(Http.body(ctx));
        var draft = new Suites.Draft(in.text("name", MAX_NAME), null, SuiteText.read(in),
                in.text("message", MAX_TEXT), in.integer("ifVersion", 1, Integer.MAX_VALUE));
        var id = Http.id(ctx, "suite");
        in.check();
        Http.answer(ctx, 200, full(ctx, suites.change(Caller.of(ctx), id, draft)));
    }

    private void archive(Context ctx) {
        suites.setArchived(Caller.of(ctx), Http.id(ctx, "suite"), true);
        ctx.status(204);
    }

    private void restore(Context ctx) throws InterruptedException {
        Http.answer(ctx, 200, full(ctx, suites.setArchived(Caller.of(ctx), Http.id(ctx, "suite"), false)));
    }

    private ObjectNode full(Context ctx, EvalSuite suite) throws InterruptedException {
        var workspace = Caller.of(ctx).workspaceId();
        var text = suites.version(workspace, suite.id(), suite.version()).text();
        var json = suite.toJson().put("content", text.content());
        json.set("files", text.filesJson());
        var known = warnings.getIfPresent(new Read(suite.id(), suite.version()));
        if (known == null) {
            known = warnings(workspace, suite, text);
            warnings.put(new Read(suite.id(), suite.version()), known);
        }
        json.set("warnings", known);
        return json;
    }

    private ArrayNode warnings(UUID workspace, EvalSuite suite, SuiteText text) throws InterruptedException {
        var array = Json.array();
        try {
            problems(reader.read(workspace, suite.key(), text).warnings(), "warning", array);
        } catch (SuiteException e) { // a provider or a template has gone since
            problems(e.problems(), "error", array);
        }
        return array;
    }

    private void versions(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var limit = limit(in);
        var before = in.integer("cursor", 1, Integer.MAX_VALUE);
        in.check();
        var found = suites.versions(Caller.of(ctx).workspaceId(), Http.id(ctx, "suite"), before, limit + 1);
        var array = Json.array();
        found.stream().limit(limit).forEach(each -> array.add(each.toJson()));
        Http.linkNext(ctx, found.size() > limit ? (Integer) found.get(limit - 1).version() : null);
        Http.answer(ctx, 200, array);
    }

    private void version(Context ctx) {
        var number = ctx.pathParam("version");
        if (!number.matches("[1-9]\\d{0,8}")) {
            throw Http.notFound("version of a suite", number);
        }
        Http.answer(ctx, 200, suites.version(Caller.of(ctx).workspaceId(), Http.id(ctx, "suite"),
                Integer.parseInt(number)).toFullJson());
    }

    private void lint(Context ctx) throws InterruptedException {
        var in = Fields.of(Http.body(ctx));
        in.text("name", MAX_NAME);
        var text = SuiteText.read(in);
        in.check();
        var json = Json.object();
        try {
            var suite = reader.read(Caller.of(ctx).workspaceId(), "suite", text);
            problems(suite.warnings(), "warning", json.put("ok", true).putArray("problems"));
            json.put("cases", suite.cases().size()).put("cells", suite.cells());
            suite.arms().stream().map(Arm::id).forEach(json.putArray("arms")::add);
        } catch (SuiteException e) {
            problems(e.problems(), "error", json.put("ok", false).putArray("problems"));
            json.putNull("cases").putNull("cells").putArray("arms");
        }
        Http.answer(ctx, 200, json);
    }

    private static void problems(List<Problem> problems, String severity, ArrayNode array) {
        for (var each : problems) {
            var hint = SUGGESTION.matcher(each.message());
            array.addObject().put("severity", severity).put("file", each.file()).put("line", each.line())
                    .put("column", each.column()).put("message", each.message())
                    .put("suggestion", hint.find() ? hint.group(1) : null);
        }
    }

    private void addCase(Context ctx) throws InterruptedException {
        var in = Fields.of(Http.body(ctx));
        UUID jobId = in.uuid("jobId");
        if (!in.has("jobId")) {
            in.reject("jobId", "is required");
        }
        var given = in.any("assert");
        if (given != null && (!given.isArray() || given.size() > 50)) {
            in.reject("assert", "must be a list of at most 50 assertions, as in the file");
        }
        var wanted = new Suites.NewCase(jobId == null ? new UUID(0, 0) : jobId, in.text("description", MAX_TEXT),
                given == null ? null : given.valueStream().map(Json::text).toList(), in.flag("expectOutput"),
                in.integer("ifVersion", 1, Integer.MAX_VALUE));
        var id = Http.id(ctx, "suite");
        in.check();
        Http.answer(ctx, 200, full(ctx, suites.addCase(Caller.of(ctx), id, wanted)));
    }

}
