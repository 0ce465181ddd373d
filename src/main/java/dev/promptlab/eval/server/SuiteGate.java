package dev.promptlab.eval.server;

import java.util.Optional;

import dev.promptlab.template.LabelGate;
import org.jdbi.v3.core.Handle;

/// Lets a label move to a version only when the suites that it demands have passed with exactly that version.
public final class SuiteGate implements LabelGate {
    @Override
    public Optional<String> refusal(Handle tx, Move move, String templateKey) {
        return GateStore.closed(tx, move).stream().findFirst().map(gate -> "the label \"" + move.label()
                + "\" demands a passing run of the suite \"" + gate.suiteKey() + "\" with version " + move.version()
                + " of \"" + templateKey + "\"" + (gate.maxAge() == null ? "" : ", not older than "
                        + GateStore.words(gate.maxAge()))
                + ", and there is none; run it with POST /evals/runs {\"suiteId\": \"" + gate.suiteId()
                + "\", \"candidate\": \"" + move.version() + "\"}");
    }
}
