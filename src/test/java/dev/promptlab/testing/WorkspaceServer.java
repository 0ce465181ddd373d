package dev.promptlab.testing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import dev.promptlab.cache.CacheApi;
import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.egress.PinnedHttp;
import dev.promptlab.job.JobApi;
import dev.promptlab.job.ReusableResults;
import dev.promptlab.job.Signals;
import dev.promptlab.job.WorkerPool;
import dev.promptlab.limit.budget.Budgets;
import dev.promptlab.provider.HttpCalls;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.Providers;
import dev.promptlab.provider.key.KeyedProviders;
import dev.promptlab.provider.key.ProviderKeyRoutes;
import dev.promptlab.provider.key.ProviderKeys;
import dev.promptlab.telemetry.Metrics;
import dev.promptlab.template.Templates;
import dev.promptlab.web.Access;
import dev.promptlab.web.WebServer;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Role;
import io.javalin.http.Context;

/// Jobs and provider keys of many workspaces behind a gate that believes what a request says of itself: for tests of what
/// belongs to whom, without the price of accounts.
public final class WorkspaceServer implements AutoCloseable {
    private final TestDatabase database = TestDatabase.create();
    private final Providers providers;
    private final PinnedHttp http;
    private final Templates templates;
    private final WorkerPool workers;
    private final CacheApi cache;
    private final JobApi jobs;
    private final WebServer web;

    private WorkspaceServer(Settings settings) {
        var prices = PriceTable.load();
        var keys = TestServer.dataKeys(database);
        var urls = OutgoingUrls.allowing(settings.egressAllow());
        var signals = Signals.create();
        var api = database.as(DatabaseRole.API);
        var worker = database.as(DatabaseRole.WORKER);
        this.providers = Providers.of(settings.providers(), prices);
        this.http = new PinnedHttp(urls);
        var guarded = HttpCalls.guarded(http);
        var keyed = new KeyedProviders(api, keys, providers, guarded);
        var metrics = Metrics.create();
        this.templates = new Templates(api);
        this.cache = CacheApi.start(api, database.as(DatabaseRole.AUTH), null, () -> {}, new ReusableResults(templates),
                settings.cacheTtl(), settings.retention(), metrics.registry());
        this.jobs = new JobApi(api, templates, keyed, prices, new Budgets(api), cache.cache(), signals, urls,
                settings);
        var providerKeys = new ProviderKeyRoutes(new ProviderKeys(api, keys, keyed), urls, providers);
        this.workers = WorkerPool.start(worker, database.as(DatabaseRole.OWNER),
                new KeyedProviders(worker, keys, providers, guarded), prices, signals, settings, metrics);
        this.web = WebServer.start("127.0.0.1", 0, settings.maxBodyBytes(), WorkspaceServer::admit,
                Stream.of(jobs.routes(), cache.routes(), providerKeys.routes()).flatMap(List::stream).toList());
    }

    /// @param environment as a process would have it
    public static WorkspaceServer start(Map<String, String> environment) {
        var variables = new HashMap<>(environment);
        variables.put("DATABASE_URL", "postgresql://nobody@localhost/none");
        variables.put("PROMPTLAB_MASTER_KEY", TestServer.MASTER_KEY);
        return new WorkspaceServer(Settings.load(Map.of(Setting.PORT, "0"), variables));
    }

    private static void admit(Context ctx, Access access) {
        var workspace = UUID.fromString(String.valueOf(ctx.header("X-Workspace-Id")));
        new Caller(workspace, "a test", new UUID(0, 1), null, Role.OWNER.permissions()).enter(ctx, access);
    }

    public UUID workspace(String name) {
        var id = UUID.randomUUID();
        database.db().autocommit(handle -> handle.execute("insert into workspace (id, name) values (?, ?)", id, name));
        return id;
    }

    /// As the owner of a workspace.
    public ApiClient as(UUID workspace) {
        return ApiClient.of("http://127.0.0.1:" + web.port()).with("X-Workspace-Id", workspace.toString());
    }

    public TestDatabase database() {
        return database;
    }

    @Override
    public void close() {
        web.close();
        jobs.close();
        cache.close();
        workers.close();
        templates.close();
        http.close();
        providers.close();
        database.close();
    }
}
