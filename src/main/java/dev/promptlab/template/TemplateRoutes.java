package dev.promptlab.template;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// The API under `/templates`, and `/render`.
public final class TemplateRoutes {
    private static final int MAX_PAGE = 200;
    private static final int TEMPLATES_PAGE = 100;
    private static final int DEFAULT_PAGE = 50;
    private static final int MAX_LABEL = 60;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]+([._-][a-z0-9]+)*");
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

    private final Templates templates;

    public TemplateRoutes(Templates templates) {
        this.templates = templates;
    }

    public List<Route> routes() {
        return List.of(Route.post("/templates", Permission.TEMPLATES_WRITE, this::create),
                Route.get("/templates", Permission.TEMPLATES_READ, this::list),
                Route.get("/templates/{id}", Permission.TEMPLATES_READ, this::get),
                Route.put("/templates/{id}", Permission.TEMPLATES_WRITE, this::change),
                Route.delete("/templates/{id}", Permission.TEMPLATES_WRITE, this::archive),
                Route.post("/templates/{id}/restore", Permission.TEMPLATES_WRITE, this::restore),
                Route.post("/templates/{id}/render", Permission.TEMPLATES_READ, this::render),
                Route.post("/render", Permission.TEMPLATES_READ, this::renderDraft),
                Route.get("/templates/{id}/versions", Permission.TEMPLATES_READ, this::versions),
                Route.get("/templates/{id}/versions/{version}", Permission.TEMPLATES_READ, this::version),
                Route.put("/templates/{id}/labels/{label}", Permission.TEMPLATES_WRITE, this::moveLabel),
                Route.delete("/templates/{id}/labels/{label}", Permission.TEMPLATES_WRITE, this::removeLabel),
                Route.get("/templates/{id}/labels/{label}/history", Permission.TEMPLATES_READ, this::labelHistory));
    }

    private void create(Context ctx) {
        var template = templates.create(Caller.of(ctx), TemplateBody.draft(Http.body(ctx)));
        ctx.header("Location", "/templates/" + template.id());
        Http.answer(ctx, 201, json(template));
    }

    private void list(Context ctx) {
        var query = Fields.ofQuery(ctx);
        int limit = limit(query, TEMPLATES_PAGE);
        var filter = new TemplateFilter(query.text("q", 200), query.text("label", MAX_LABEL), query.flag("archived"),
                query.uuid("cursor"), limit + 1);
        query.check();
        answerPage(ctx, templates.list(Caller.of(ctx).workspaceId(), filter), limit, Template::id, this::json);
    }

    private void get(Context ctx) {
        Http.answer(ctx, 200, json(templates.require(Caller.of(ctx).workspaceId(), Http.id(ctx, "template"))));
    }

    private void change(Context ctx) {
        var id = Http.id(ctx, "template");
        var change = TemplateBody.change(Http.body(ctx));
        Http.answer(ctx, 200, json(templates.change(Caller.of(ctx), id, change)));
    }

    private void archive(Context ctx) {
        templates.archive(Caller.of(ctx), Http.id(ctx, "template"));
        ctx.status(204);
    }

    private void restore(Context ctx) {
        Http.answer(ctx, 200, json(templates.restore(Caller.of(ctx), Http.id(ctx, "template"))));
    }

    private void render(Context ctx) throws InterruptedException {
        var id = Http.id(ctx, "template");
        var fields = Fields.of(Http.body(ctx));
        var ref = new VersionRef(Caller.of(ctx).workspaceId(), id,
                fields.integer("version", 1, TemplateBody.MAX_VERSION), fields.text("label", MAX_LABEL));
        var variables = Variables.read(fields);
        fields.check();
        Http.answer(ctx, 200, TemplateJson.preview(templates.read(ref), variables));
    }

    /// What is being written and not saved: nothing of it is kept, in memory neither.
    private void renderDraft(Context ctx) {
        var fields = Fields.of(Http.body(ctx));
        var content = ContentFields.read(fields);
        var variables = Variables.read(fields);
        fields.check();
        Http.answer(ctx, 200, TemplateJson.preview(CompiledContent.of(content), variables));
    }

    private void versions(Context ctx) {
        var query = Fields.ofQuery(ctx);
        int limit = limit(query, DEFAULT_PAGE);
        var before = query.integer("cursor", 1, TemplateBody.MAX_VERSION);
        query.check();
        var page = templates.versions(Caller.of(ctx).workspaceId(), Http.id(ctx, "template"), before, limit + 1);
        answerPage(ctx, page, limit, TemplateVersion::version, this::json);
    }

    private void version(Context ctx) {
        var id = Http.id(ctx, "template");
        var number = ctx.pathParam("version");
        if (!NUMBER.matcher(number).matches()) {
            throw Http.notFound("version of a template", id + "/" + number);
        }
        Http.answer(ctx, 200,
                json(templates.requireVersion(Caller.of(ctx).workspaceId(), id, Integer.parseInt(number))));
    }

    private void moveLabel(Context ctx) {
        var id = Http.id(ctx, "template");
        var label = label(ctx);
        var move = TemplateBody.move(Http.body(ctx));
        var caller = Caller.of(ctx);
        Http.answer(ctx, 200, TemplateJson.label(
                templates.moveLabel(caller, id, label, move.version(), move.reason())));
    }

    private void removeLabel(Context ctx) {
        var caller = Caller.of(ctx);
        templates.removeLabel(caller, Http.id(ctx, "template"), label(ctx));
        ctx.status(204);
    }

    private void labelHistory(Context ctx) {
        var query = Fields.ofQuery(ctx);
        int limit = limit(query, DEFAULT_PAGE);
        var before = query.integer("cursor", 1, Integer.MAX_VALUE);
        query.check();
        var page = templates.labelHistory(Caller.of(ctx).workspaceId(), Http.id(ctx, "template"), label(ctx), before,
                limit + 1);
        answerPage(ctx, page, limit, LabelMove::id, TemplateJson::move);
    }

    private static String label(Context ctx) {
        var label = ctx.pathParam("label");
        if (label.equals(VersionRef.LATEST)) {
            throw Failure.Invalid.field("label", "\"latest\" always points to the latest version; take another name");
        }
        if (label.length() > MAX_LABEL || !LABEL.matcher(label).matches()) {
            throw Failure.Invalid.field("label", "must be lower-case letters and digits, with single . _ or - between, "
                    + "as in \"production\", at most " + MAX_LABEL + " characters");
        }
        return label;
    }

    private static int limit(Fields query, int absent) {
        var limit = query.integer("limit", 1, MAX_PAGE);
        return limit == null ? absent : limit;
    }

    /// @param rows one more than `limit` when there is a next page
    private static <T> void answerPage(Context ctx, List<T> rows, int limit, Function<T, @Nullable Object> cursor,
            Function<T, ObjectNode> json) {
        var page = rows.subList(0, Math.min(limit, rows.size()));
        Http.linkNext(ctx, rows.size() > limit ? cursor.apply(page.getLast()) : null);
        var array = Json.array();
        page.forEach(row -> array.add(json.apply(row)));
        Http.answer(ctx, 200, array);
    }

    private ObjectNode json(Template template) {
        return TemplateJson.template(template,
                templates.variables(template.id(), template.version(), template.content()));
    }

    private ObjectNode json(TemplateVersion version) {
        return TemplateJson.version(version,
                templates.variables(version.templateId(), version.version(), version.content()));
    }
}
