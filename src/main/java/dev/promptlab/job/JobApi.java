package dev.promptlab.job;

import java.util.List;

import dev.promptlab.cache.ResultCache;
import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.Providers;
import dev.promptlab.template.Templates;
import dev.promptlab.web.Route;

/// Everything of this process that takes jobs in and shows them.
public final class JobApi implements AutoCloseable {
    private final Submitter submitter;
    private final JobRoutes routes;

    public JobApi(Database db, Templates templates, Providers providers, PriceTable prices, ResultCache cache,
            Wakeup wakeup, Endings endings, Settings settings) {
        this.submitter = new Submitter(db, wakeup);
        this.routes = new JobRoutes(
                new Jobs(db, new Resolver(templates, providers), submitter, new LaneStore(db), new Costs(prices),
                        cache, endings, settings.providers().maxAttempts()));
    }

    public List<Route> routes() {
        return routes.routes();
    }

    @Override
    public void close() {
        submitter.close();
    }
}
