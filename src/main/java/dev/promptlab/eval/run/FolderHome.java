package dev.promptlab.eval.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;

import dev.promptlab.eval.gate.CaseFinding;

/// A run in a folder, which calls the providers itself.
final class FolderHome implements RunHome {
    private final RunFolder folder;
    private final RunSpec spec;
    private final EvalRun.Environment environment;

    FolderHome(RunFolder folder, RunSpec spec, EvalRun.Environment environment) {
        this.folder = folder;
        this.spec = spec;
        this.environment = environment;
    }

    @Override
    public StoredRun stored(String name) throws IOException, InvalidRunException {
        return StoredRun.find(folder, name);
    }

    @Override
    public String gradeAgain(String name) {
        return "grade it again with `promptlab eval regrade " + name + "` under the suite " + spec.suiteFile();
    }

    @Override
    public void begin(Identity identity) throws IOException, InvalidRunException {
        if (!folder.exists(spec.runId())) {
            folder.begin(spec, identity);
            return;
        }
        if (!folder.describe(spec.runId()).path("fingerprint").asText().equals(identity.fingerprint())) {
            throw new InvalidRunException("the suite has changed since run " + spec.runId()
                    + " began; start a new run with `promptlab eval run " + spec.suiteFile() + "`");
        }
    }

    @Override
    public RunBook open(int cells) throws IOException {
        return new FileBook(folder, spec.runId(), cells);
    }

    @Override
    public Asker asker(long calls, BigDecimal spent) {
        var cache = spec.cache() ? folder.cache() : folder.file(spec.runId(), "cache");
        return new Calls(new Calls.Policy(spec.concurrency(), environment.timeout(), environment.maxAttempts(),
                environment.backoff()), new AnswerCache(cache),
                new CallBudget(spec.maxCalls(), spec.maxUsd(), calls,
                        spent),
                environment.prices(), environment.clock());
    }

    @Override
    public void remember(String suite, List<CaseFinding> findings) throws IOException {
        new CaseHistory(folder).remember(suite, spec.runId(), findings);
    }
}
