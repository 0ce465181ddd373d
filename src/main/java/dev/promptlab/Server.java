package dev.promptlab;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import dev.promptlab.cache.CacheApi;
import dev.promptlab.cache.CacheData;
import dev.promptlab.callback.CallbackData;
import dev.promptlab.callback.CallbackRoutes;
import dev.promptlab.callback.Deliverer;
import dev.promptlab.callback.SigningSecrets;
import dev.promptlab.config.Settings;
import dev.promptlab.config.Settings.Auth;
import dev.promptlab.config.Settings.Role;
import dev.promptlab.config.SettingsException;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.Hints;
import dev.promptlab.db.Migrations;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.egress.PinnedHttp;
import dev.promptlab.eval.server.EvalApi;
import dev.promptlab.eval.server.EvalData;
import dev.promptlab.eval.server.EvalWorker;
import dev.promptlab.eval.server.Evaluating;
import dev.promptlab.eval.server.GuardedWebhook;
import dev.promptlab.eval.server.SuiteGate;
import dev.promptlab.event.EventRoutes;
import dev.promptlab.event.Events;
import dev.promptlab.job.EndedJobs;
import dev.promptlab.job.EvaluationJobs;
import dev.promptlab.job.JobApi;
import dev.promptlab.job.JobData;
import dev.promptlab.job.JobLives;
import dev.promptlab.job.ReusableResults;
import dev.promptlab.job.Signals;
import dev.promptlab.job.WorkerPool;
import dev.promptlab.limit.budget.BudgetData;
import dev.promptlab.limit.budget.BudgetRoutes;
import dev.promptlab.limit.budget.Budgets;
import dev.promptlab.limit.budget.Settlements;
import dev.promptlab.limit.rate.LimitRoutes;
import dev.promptlab.limit.rate.LimitedGate;
import dev.promptlab.limit.rate.RateLimitData;
import dev.promptlab.limit.rate.RateLimits;
import dev.promptlab.provider.HttpCalls;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.ProviderRoutes;
import dev.promptlab.provider.Providers;
import dev.promptlab.provider.key.KeyedProviders;
import dev.promptlab.provider.key.ProviderKeyData;
import dev.promptlab.provider.key.ProviderKeyRoutes;
import dev.promptlab.provider.key.ProviderKeys;
import dev.promptlab.redis.Redis;
import dev.promptlab.redis.RedisUrl;
import dev.promptlab.telemetry.Metrics;
import dev.promptlab.telemetry.Traces;
import dev.promptlab.template.Template;
import dev.promptlab.template.TemplateData;
import dev.promptlab.template.TemplateRoutes;
import dev.promptlab.template.Templates;
import dev.promptlab.view.ViewData;
import dev.promptlab.view.ViewRoutes;
import dev.promptlab.web.ApiDocs;
import dev.promptlab.web.Gatekeeper;
import dev.promptlab.web.Health;
import dev.promptlab.web.MetricsRoutes;
import dev.promptlab.web.Route;
import dev.promptlab.web.WebServer;
import dev.promptlab.web.WebUi;
import dev.promptlab.workspace.LocalGate;
import dev.promptlab.workspace.LoginGate;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.account.AccountApi;
import dev.promptlab.workspace.account.SetupTokens;
import dev.promptlab.workspace.audit.AuditProof;
import dev.promptlab.workspace.audit.AuditRoutes;
import dev.promptlab.workspace.audit.Sealer;
import dev.promptlab.workspace.audit.TrailExport;
import dev.promptlab.workspace.key.ApiKeyData;
import dev.promptlab.workspace.key.ApiKeyRoutes;
import dev.promptlab.workspace.key.ApiKeys;
import dev.promptlab.workspace.key.IssuedKeys;
import dev.promptlab.workspace.key.Pepper;
import dev.promptlab.workspace.member.MemberApi;
import dev.promptlab.workspace.member.MemberWorkspaces;
import dev.promptlab.workspace.member.Memberships;
import dev.promptlab.workspace.member.Removal;
import dev.promptlab.workspace.secret.DataKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One process of PromptLab: builds every part, in the order of what needs what, and stops them in reverse.
public final class Server implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Server.class);

    /// Channels of hints between processes.
    private static final String QUEUED = "promptlab_queued";
    private static final String CANCELLED = "promptlab_cancelled";
    private static final String TOLD = "promptlab_told";
    private static final String FORGOTTEN = "promptlab_forgotten";

    private final Deque<Part> parts = new ArrayDeque<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Settings settings;
    private final Storage storage;
    /// Null without the setting.
    private final @Nullable Redis redis;
    private final PriceTable prices = PriceTable.load();
    private final Metrics metrics = part("metrics", Metrics.create());
    private final Providers providers;
    /// Null when no other process can be on the database.
    private @Nullable Hints hints;
    /// Called when another process has made results worthless.
    private volatile Runnable forgotten = () -> {};
    private List<Route> routes = List.of();
    private @Nullable WebServer web;
    private @Nullable WebServer operators;
    private SetupTokens.Offer setUp = new SetupTokens.Offer.NotNeeded();
    private volatile boolean leaving;
    private boolean closed;

    private record Part(String name, AutoCloseable part) {}

    private Server(Settings settings) {
        this.settings = settings;
        if (settings.tracesEndpoint() != null) {
            part("traces", Traces.start(settings.tracesEndpoint()));
        }
        this.providers = part("providers", Providers.of(settings.providers(), prices)); // may refuse the settings
        requireMasterKey(settings);
        this.redis = settings.redisUrl() == null ? null
                : part("Redis", Redis.connect(RedisUrl.parse(settings.redisUrl().value())));
        this.storage = part("storage", Storage.open(settings));
    }

    /// Starts everything that the settings ask for; returns when it works.
    public static Server start(Settings settings) {
        var server = new Server(settings);
        try {
            server.build();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /// Brings the schema up to date and says its version.
    public static int migrate(Settings settings) {
        try (var storage = Storage.open(settings)) {
            return Migrations.apply(storage.owner());
        }
    }

    /// Creates the sample templates that are not there yet and names them.
    public static List<String> seed(Settings settings) {
        try (var storage = Storage.open(settings);
                var db = storage.pool(DatabaseRole.API);
                var templates = new Templates(db)) {
            return templates.seed(Caller.DEFAULT_WORKSPACE).stream().map(Template::name).toList();
        }
    }

    /// Recomputes the chains of the audit trail.
    ///
    /// @param workspaceId only of this workspace; null for all
    /// @return one result a workspace; empty when there is no such workspace
    public static List<AuditProof.Result> verifyAudit(Settings settings, @Nullable UUID workspaceId) {
        try (var storage = Storage.join(settings);
                var db = storage.pool(DatabaseRole.API);
                var auth = storage.pool(DatabaseRole.AUTH)) {
            return MemberApi.ids(auth).stream().filter(id -> workspaceId == null || workspaceId.equals(id))
                    .map(id -> AuditProof.of(db, id)).toList();
        }
    }

    /// Who brings a database brings the key: a generated one would be another in each process.
    static void requireMasterKey(Settings settings) {
        if (settings.databaseUrl() != null && settings.masterKey() == null) {
            throw new SettingsException(List.of("PROMPTLAB_MASTER_KEY: is required with DATABASE_URL, the same in every"
                    + " process on the database: 32 bytes in base64, such as openssl rand -base64 32 makes"));
        }
    }

    /// What both roles stand on.
    ///
    /// @param guarded calls to providers that users name
    /// @param checks of `/health/ready`, by name
    /// @param events for those who listen
    private record Ground(DataKeys keys, OutgoingUrls urls, HttpCalls guarded, Signals signals,
            Map<String, BooleanSupplier> checks, Database queue, Events events) {}

    private void build() {
        var owner = storage.owner();
        var urls = OutgoingUrls.allowing(settings.egressAllow());
        // Apart from callbacks, so that slow name servers of the ones do not keep the others waiting.
        var toProviders = part("connections to users' providers", new PinnedHttp(urls));
        var queue = pool("the queue's database pool", DatabaseRole.WORKER);
        var ground = new Ground(DataKeys.start(owner, storage.masterKey(settings.masterKey())), urls,
                part("calls to users' providers", HttpCalls.guarded(toProviders)), Signals.create(),
                new LinkedHashMap<>(), queue, part("events", Events.start(queue, metrics.registry())));
        ground.checks().put("accepting", () -> !leaving);
        ground.checks().put("database", owner::answers);
        ground.checks().put("migrations", () -> Migrations.isUsable(owner));
        ground.signals().told().onRaise(ground.events()::ring);
        if (settings.databaseUrl() != null) {
            hint(ground);
        }
        Runnable callbackIsDue = settings.roles().contains(Role.WORKER) ? work(ground)
                : () -> {}; // others find it
        var requests = requests(ground);
        Runnable runIsQueued = settings.roles().contains(Role.WORKER)
                ? part("evaluations", EvalWorker.start(queue, requests.evaluating()))::ring : () -> {};
        if (settings.roles().contains(Role.API)) {
            serve(ground, requests, callbackIsDue, runIsQueued);
        }
        var port = settings.metricsPort();
        if (port != null) {
            watch(port, ground);
        }
    }

    /// What operators and their tools look at.
    private List<Route> figures() {
        return new MetricsRoutes(Metrics.CONTENT_TYPE, metrics::text).routes();
    }

    /// For operators alone, on a port that others do not reach.
    private void watch(int port, Ground ground) {
        var edge = new Settings.Edge(settings.edge().local(), Set.of(), Set.of(), List.of());
        var shown = Stream.of(health(ground).routes(), figures()).flatMap(List::stream).toList();
        operators = part("figures for operators", WebServer.start(settings.host(), port, 0, edge, (_, _) -> {}, shown,
                metrics.registry()));
    }

    /// Tells other processes on the database, and hears them.
    private void hint(Ground ground) {
        var signals = ground.signals();
        var started = part("hints", Hints.start(storage.owner(), storage.url(), Map.of(QUEUED, signals.queued()::ring,
                CANCELLED, signals.cancelled()::ring, FORGOTTEN, () -> forgotten.run(), TOLD,
                ground.events()::ring)));
        signals.told().onRaise(() -> {
            ground.events().ring();
            started.send(TOLD);
        });
        signals.queued().onRaise(() -> started.send(QUEUED));
        signals.cancelled().onRaise(() -> started.send(CANCELLED));
        hints = started;
    }

    private void tellOthersToForget() {
        if (hints != null) {
            hints.send(FORGOTTEN);
        }
    }

    /// @return rings for callbacks that are due
    private Runnable work(Ground ground) {
        var db = ground.queue();
        var http = part("calls to users' URLs", new PinnedHttp(ground.urls()));
        var callbacks = part("callbacks", Deliverer.start(db, http, new SigningSecrets(db, ground.keys()),
                new EndedJobs(db), settings.callbackBackoff(), settings.worker().pollInterval()));
        var settlements = part("settlement of budgets", Settlements.start(db, settings.worker().pollInterval()));
        ground.signals().ended().onEnded(() -> {
            callbacks.ring();
            settlements.ring();
        });
        var keyed = new KeyedProviders(db, ground.keys(), providers, ground.guarded());
        var workers = part("worker",
                WorkerPool.start(db, storage.owner(), keyed, prices, ground.signals(), settings, metrics));
        ground.checks().put("worker", workers::isWorking);
        return callbacks::ring;
    }

    /// What requests stand on, and evaluations, whose calls are requests, too.
    private record Requests(Database db, Templates templates, KeyedProviders keyed, Budgets budgets,
            Evaluating evaluating) {}

    private Requests requests(Ground ground) {
        var db = pool("the requests' database pool", DatabaseRole.API);
        var templates = part("templates", new Templates(db, new SuiteGate()));
        var keyed = new KeyedProviders(db, ground.keys(), providers, ground.guarded());
        var budgets = new Budgets(db);
        var jobs = part("jobs of evaluations",
                new EvaluationJobs(db, templates, keyed, prices, budgets, ground.signals(), settings));
        var webhook = new GuardedWebhook(part("calls to suites' URLs", new PinnedHttp(ground.urls())), ground.urls());
        return new Requests(db, templates, keyed, budgets,
                new Evaluating(db, jobs, keyed, prices, webhook, settings));
    }

    private void serve(Ground ground, Requests requests, Runnable callbackIsDue, Runnable runIsQueued) {
        var db = requests.db();
        var templates = requests.templates();
        templates.seed(Caller.DEFAULT_WORKSPACE);
        var keyed = requests.keyed();
        var auth = pool("the identities' database pool", DatabaseRole.AUTH);
        var cache = part("result cache", CacheApi.start(db, auth, redis, this::tellOthersToForget,
                new ReusableResults(templates), settings.cacheTtl(), settings.retention(), metrics.registry()));
        forgotten = cache::look;
        var budgets = requests.budgets();
        var jobs = part("jobs", new JobApi(db, templates, keyed, prices, budgets, cache.cache(),
                ground.signals(), ground.urls(), settings));
        var callbacks = new CallbackRoutes(db, new SigningSecrets(db, ground.keys()), callbackIsDue);
        var providerKeys = new ProviderKeyRoutes(new ProviderKeys(db, ground.keys(), keyed), ground.urls(), providers);
        var identity = identity(ground, db, auth);
        // Figures are of all workspaces: beside the API only where there is one.
        var figures = settings.edge().local() ? figures() : List.<Route>of();
        routes = Stream.of(ApiDocs.routes(), new WebUi().routes(), health(ground).routes(), figures,
                new TemplateRoutes(templates).routes(), jobs.routes(), cache.routes(),
                new ViewRoutes(db).routes(), callbacks.routes(),
                new EvalApi(requests.evaluating(), runIsQueued).routes(),
                identity.routes(), providerKeys.routes(), new ProviderRoutes(keyed, prices).routes(),
                new BudgetRoutes(budgets).routes(), new EventRoutes(ground.events(), new JobLives(db)).routes())
                .flatMap(List::stream).toList();
        web = part("web", WebServer.start(settings.host(), settings.port(), settings.maxBodyBytes(), settings.edge(),
                identity.gatekeeper(), routes, metrics.registry()));
        part("waiting requests", ground.signals().ended());
        part("event streams", ground.events());
    }

    private Health health(Ground ground) {
        return new Health(ground.checks(), redis == null ? Map.of() : Map.of("redis", redis::isUp));
    }

    /// Who may come in, and what people do about that.
    private record Identity(Gatekeeper gatekeeper, List<Route> routes) {}

    private Identity identity(Ground ground, Database db, Database auth) {
        var data = List.of(new TemplateData(db), new JobData(db, ground.signals()), new CallbackData(db),
                new ApiKeyData(db), new ProviderKeyData(db), new ViewData(db), new RateLimitData(db),
                new BudgetData(db), new EvalData(db),
                new TrailExport(db), new CacheData(db));
        part("sealing of the audit trail", Sealer.start(auth, db));
        part("removal of workspaces", Removal.start(auth, db, data));
        var memberships = new Memberships(auth);
        var members = new MemberApi(db, auth, memberships, data);
        var accounts = part("accounts",
                new AccountApi(auth, ground.keys(), new MemberWorkspaces(), settings.accounts()));
        var pepper = Pepper.of(storage.owner(), ground.keys());
        var apiKeys = new ApiKeyRoutes(new IssuedKeys(db, pepper));
        var limits = rateLimits(auth);
        var gate = gatekeeper(auth, accounts, pepper, memberships);
        return new Identity(limits == null ? gate : new LimitedGate(gate, limits), Stream.of(members.routes(),
                new AuditRoutes(db).routes(), accounts.routes(), apiKeys.routes(),
                new LimitRoutes(db, settings.limits(), limits).routes()).flatMap(List::stream).toList());
    }

    /// Null where nobody is limited and nobody signs in who could change that.
    private @Nullable RateLimits rateLimits(Database auth) {
        var limits = settings.limits();
        if (settings.accounts().auth() == Auth.LOCAL && limits.writes() == null && limits.reads() == null) {
            return null;
        }
        return part("rate limits", settings.databaseUrl() == null ? RateLimits.local(limits, auth)
                : RateLimits.shared(limits, auth, redis));
    }

    private Gatekeeper gatekeeper(Database auth, AccountApi accounts, Pepper pepper, Memberships memberships) {
        if (settings.accounts().auth() == Auth.LOCAL) {
            return new LocalGate();
        }
        setUp = accounts.setupTokens().offer();
        return new LoginGate(accounts, part("API keys", new ApiKeys(auth, pepper)), memberships);
    }

    private Database pool(String name, DatabaseRole role) {
        var db = part(name, storage.pool(role));
        db.measure(metrics.registry());
        return db;
    }

    private <T extends AutoCloseable> T part(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    /// What it serves; a test holds the API document against it.
    List<Route> routes() {
        return routes;
    }

    /// Where it listens; null without the role `api`.
    public @Nullable String url() {
        return web == null ? null : "http://" + address() + ":" + web.port();
    }

    /// Where it shows figures and health to operators; null without a port of their own.
    public @Nullable String operatorsUrl() {
        return operators == null ? null : "http://" + address() + ":" + operators.port();
    }

    private String address() {
        return settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
    }

    /// What a person who starts the server wants to know, one fact a line.
    public List<String> facts() {
        var facts = new ArrayList<String>();
        facts.addAll(storage.facts());
        if (redis != null) {
            facts.add("redis: " + redis + (redis.isUp() ? "" : " (does not answer at the moment; works without it)"));
        }
        var configured = providers.configured();
        facts.add("providers: " + String.join(", ", configured)
                + (configured.size() > 1 ? "" : " (set ANTHROPIC_API_KEY or OPENAI_API_KEY for real ones)"));
        if (operators != null) {
            facts.add("figures for operators: " + operatorsUrl() + "/metrics");
        }
        switch (setUp) {
            case SetupTokens.Offer.Made(var token) -> facts.add("set-up token: " + token.value()
                    + " (good for a day; whoever registers with it owns the default workspace)");
            case SetupTokens.Offer.ShownBefore _ -> facts.add(
                    "set-up: nobody owns the default workspace yet; promptlab admin setup-token makes a new token");
            case SetupTokens.Offer.NotNeeded _ -> {}
        }
        return facts;
    }

    /// Blocks until it was closed.
    public void awaitStop() throws InterruptedException {
        stopped.await();
    }

    /// Sends clients elsewhere while it still answers them.
    private void leave() {
        leaving = true;
        if (web != null) {
            web.leave();
            try {
                Thread.sleep(settings.stopDelay());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Takes no more work, finishes what is under way within the drain time, and stops.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        leave();
        for (var part : parts) {
            try {
                part.part().close();
            } catch (Exception e) {
                log.warn("{} did not stop cleanly", part.name(), e);
            }
        }
        stopped.countDown();
    }
}
