package dev.promptlab.eval.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.eval.run.RunSpec;
import dev.promptlab.eval.suite.Arm;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.template.TemplateTexts.Texts;
import dev.promptlab.web.Failure;
import org.jspecify.annotations.Nullable;

/// What a request comes to: labels have become versions, names have become runs.
///
/// @param candidate an arm, or what several have in common; null = all that is not the baseline
/// @param baseline an arm, or the name of a run
/// @param stored the run behind the name; null = the baseline is an arm, or there is none
/// @param template what is tested; null = prompts of the suite's own
record RunPlan(EvalSuite suite, SuiteVersion version, Suite loaded, @Nullable String candidate,
        @Nullable String baseline, @Nullable UUID stored, @Nullable Texts template, EvalRunRow.Settings settings) {

    /// Finds the run that a name stands for.
    @FunctionalInterface
    interface Names {
        /// @throws Failure when the run cannot be compared with
        Optional<UUID> find(String name);
    }

    RunSpec spec(UUID id, Instant now) {
        return new RunSpec(id.toString(), now, suite.key() + ".eval.yaml", candidate, baseline, settings.repeats(),
                settings.filter(), settings.maxCalls(), settings.maxUsd(), settings.concurrency(), settings.cache());
    }

    /// @param open the suite as its file says
    static RunPlan of(SuiteReader reader, UUID workspaceId, Suites.Open open, RunRequest request, Names names)
            throws InterruptedException {
        var asked = request.baseline() == null ? open.loaded().settings().baseline() : request.baseline();
        var baseline = RunRequest.NO_BASELINE.equals(asked) ? null : asked;
        var reference = open.loaded().settings().template();
        return reference == null ? ofPrompts(open, request, baseline, names)
                : ofTemplate(reader, workspaceId, open, request, baseline, names);
    }

    private static RunPlan ofPrompts(Suites.Open open, RunRequest request, @Nullable String baseline, Names names) {
        var stored = baseline == null || isArm(open.loaded(), baseline) ? null : require(names, baseline, open);
        return new RunPlan(open.suite(), open.version(), open.loaded(), request.candidate(), baseline, stored, null,
                settings(request, open.loaded(), List.of()));
    }

    private static RunPlan ofTemplate(SuiteReader reader, UUID workspaceId, Suites.Open open, RunRequest request,
            @Nullable String baseline, Names names) throws InterruptedException {
        var reference = String.valueOf(open.loaded().settings().template());
        var key = reference.split("@", 2)[0];
        var point = request.candidate();
        var other = point == null ? Optional.<Texts>empty() : reader.texts(workspaceId, key + "@" + point);
        var candidate = other.or(() -> reader.texts(workspaceId, reference)).orElseThrow(() -> new Failure.Conflict(
                "there is no template \"" + reference + "\" any more"));
        var against = baseline == null || isArm(open.loaded(), baseline) ? Optional.<Texts>empty()
                : reader.texts(workspaceId, key + "@" + baseline);
        if (against.isPresent() && against.get().version() == candidate.version()) {
            throw Failure.Invalid.field("baseline", "is version " + candidate.version() + " of \"" + key
                    + "\", and so is the candidate; name another as candidate, or \"none\" as baseline");
        }
        var prompts = new ArrayList<>(List.of(SuiteReader.label(candidate)));
        against.map(SuiteReader::label).ifPresent(prompts::add);
        var loaded = reader.require(workspaceId, open.suite().key(), open.version().text(), prompts);
        var arm = point == null || other.isPresent() ? SuiteReader.label(candidate) : point;
        var named = against.map(SuiteReader::label).orElse(baseline);
        var stored = named == null || isArm(loaded, named) ? null : require(names, named, open);
        return new RunPlan(open.suite(), open.version(), loaded, arm, named, stored, candidate,
                settings(request, loaded, prompts));
    }

    private static boolean isArm(Suite suite, String name) {
        return suite.arms().stream().anyMatch(arm -> arm.id().equals(name) || arm.prompt().label().equals(name)
                || arm.providerLabel().equals(name));
    }

    private static UUID require(Names names, String name, Suites.Open open) {
        return names.find(name).orElseThrow(() -> Failure.Invalid.field("baseline", "\"" + name
                + "\" is no arm, no run and no baseline of the suite \"" + open.suite().key() + "\"; its arms are "
                + String.join(", ", open.loaded().arms().stream().map(Arm::id).toList())
                + "; \"none\" runs without one"));
    }

    private static EvalRunRow.Settings settings(RunRequest request, Suite loaded, List<String> prompts) {
        var said = loaded.settings();
        return new EvalRunRow.Settings(request.repeats(), request.filter(), request.concurrency(), request.priority(),
                request.cache(), request.budget().calls() == null ? said.maxCalls() : request.budget().calls(),
                request.budget().usd() == null ? said.maxUsd() : request.budget().usd(),
                said.gate().path("inconclusive").asText().equals("fail"), prompts);
    }
}
