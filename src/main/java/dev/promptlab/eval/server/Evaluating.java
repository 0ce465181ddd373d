package dev.promptlab.eval.server;

import java.time.Clock;
import java.util.List;
import java.util.UUID;

import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.eval.assertion.Webhook;
import dev.promptlab.eval.run.EvalRun;
import dev.promptlab.job.EvaluationJobs;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.template.TemplateTexts;
import dev.promptlab.web.Failure;

/// What evaluations stand on, in the process that takes them in and in the one that drives them.
///
/// @param db requests' pool
/// @param webhook calls the URLs of assertions, those that may be called
public record Evaluating(Database db, EvaluationJobs jobs, ProviderSource providers, PriceTable prices,
        Webhook webhook, Settings settings) {

    SuiteReader reader() {
        return new SuiteReader(providers, new TemplateTexts(db));
    }

    /// For a run; its calls are jobs, so that nothing is tried again here.
    EvalRun.Environment environment(EvalRunRow run, Clock clock) {
        return environment(run.workspaceId(), clock);
    }

    EvalRun.Environment environment(UUID workspaceId, Clock clock) {
        return new EvalRun.Environment(providers.offer(workspaceId), prices, settings.providers().timeout(), 1,
                List.of(), webhook, clock);
    }

    /// The version of the suite that a run runs.
    SuiteVersion version(EvalRunRow run) {
        return db.autocommit(run.workspaceId(),
                handle -> SuiteStore.version(handle, run.workspaceId(), run.suiteId(), run.suiteVersion()))
                .orElseThrow(() -> new Failure.NotFound("the suite of run " + run.id() + " is gone"));
    }
}
