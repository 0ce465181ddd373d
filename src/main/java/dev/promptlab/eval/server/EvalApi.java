package dev.promptlab.eval.server;

import java.util.List;
import java.util.stream.Stream;

import dev.promptlab.web.Route;

/// Everything of this process that takes evaluations in and shows them.
public final class EvalApi {
    private final List<Route> routes;

    /// @param queued called when there is a run to drive
    public EvalApi(Evaluating evaluating, Runnable queued) {
        var reader = evaluating.reader();
        var suites = new Suites(evaluating.db(), reader, evaluating.jobs());
        this.routes = Stream
                .of(new SuiteRoutes(suites, reader).routes(),
                        new RunRoutes(new Runs(evaluating, suites, queued), new RunReports(evaluating)).routes(),
                        new BaselineRoutes(evaluating.db()).routes(), new GateRoutes(evaluating.db()).routes())
                .flatMap(List::stream).toList();
    }

    public List<Route> routes() {
        return routes;
    }
}
