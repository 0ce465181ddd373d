package dev.promptlab.job;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

import dev.promptlab.db.Ids;
import dev.promptlab.limit.budget.Budgets;
import dev.promptlab.limit.budget.Claim;
import dev.promptlab.provider.TokenEstimate;
import dev.promptlab.provider.Usage;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import org.jspecify.annotations.Nullable;

/// Makes rows of what was resolved: renders, finds the lane, estimates. Writes nothing but the lane. Thread-safe.
final class NewJobs {
    private final LaneStore lanes;
    private final Costs costs;
    private final Budgets budgets;
    private final int defaultMaxAttempts;

    /// @param defaultMaxAttempts calls per job, unless the request says otherwise
    NewJobs(LaneStore lanes, Costs costs, Budgets budgets, int defaultMaxAttempts) {
        this.lanes = lanes;
        this.costs = costs;
        this.budgets = budgets;
        this.defaultMaxAttempts = defaultMaxAttempts;
    }

    NewJob of(Caller caller, Work work, GenerateRequest request) {
        var messages = work.render();
        var messagesJson = Json.text(Work.json(messages));
        var endpoint = work.endpoint();
        long inputTokens = TokenEstimate.of(messages);
        var version = work.version();
        var id = Ids.next();
        return new NewJob(id, work.workspaceId(), work.salt() == null ? NewJob.Kind.GENERATION : NewJob.Kind.EVALUATION,
                work.inputHash(),
                lanes.id(new LaneStore.Lane(endpoint.name(), endpoint.origin(), endpoint.keyScope(), work.model())),
                request.priority(),
                version == null ? null
                        : new NewJob.TemplateRef(version.templateId(), version.templateName(), version.version()),
                endpoint.name(), work.model(), Json.text(work.variables()), Json.text(work.params()),
                messagesJson, Json.text(JobSpans.mark(request.metadata())),
                request.maxAttempts() == null ? defaultMaxAttempts : request.maxAttempts(), request.runAt(),
                request.expiresAt(), inputTokens,
                costs.cost(endpoint, work.model(), Usage.of(inputTokens, 0)).orElse(null), request.callbackUrl(),
                claim(id, caller, work, messagesJson));
    }

    private @Nullable Claim claim(UUID jobId, Caller caller, Work work, String messagesJson) {
        return budgets.concern(work.workspaceId())
                ? new Claim(jobId, work.workspaceId(), caller.apiKeyId(),
                        new CallBounds(costs).of(work.endpoint(), work.model(), work.params(),
                                messagesJson.getBytes(StandardCharsets.UTF_8).length))
                : null;
    }
}
