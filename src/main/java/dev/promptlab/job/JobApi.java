package dev.promptlab.job;

import java.util.List;
import java.util.stream.Stream;

import dev.promptlab.cache.ResultCache;
import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.job.history.HistoryRoutes;
import dev.promptlab.limit.budget.Budgets;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.template.Templates;
import dev.promptlab.web.BatchBody;
import dev.promptlab.web.Route;

/// Everything of this process that takes jobs in and shows them.
public final class JobApi implements AutoCloseable {
    private final Submitter submitter;
    private final List<Route> routes;

    public JobApi(Database db, Templates templates, ProviderSource providers, PriceTable prices, Budgets budgets,
            ResultCache cache, Signals signals, OutgoingUrls urls, Settings settings) {
        this.submitter = new Submitter(db, signals);
        var costs = new Costs(prices);
        var jobs = new Jobs(db, new Resolver(templates, providers), submitter,
                new NewJobs(new LaneStore(db), costs, budgets, settings.providers().maxAttempts()), cache,
                signals.ended());
        // Fixed paths before those with a parameter: the first match wins.
        this.routes = Stream
                .of(new ActionRoutes(new JobActions(db, new Reclaims(db, budgets, providers, costs), signals)).routes(),
                        new QueueRoutes(db, signals.queued()).routes(), new HistoryRoutes(db).routes(),
                        new BatchRoutes(jobs,
                                new BatchBody.Limits(settings.maxBatchBodyBytes(), settings.maxBodyBytes()), urls)
                                .routes(),
                        new JobRoutes(jobs, urls).routes())
                .flatMap(List::stream)
                .toList();
    }

    public List<Route> routes() {
        return routes;
    }

    @Override
    public void close() {
        submitter.close();
    }
}
