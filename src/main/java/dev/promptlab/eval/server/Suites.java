package dev.promptlab.eval.server;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.eval.suite.Arm;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.job.EvaluationJobs;
import dev.promptlab.template.TemplateTexts.Texts;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The suites of a workspace and their versions. Whatever is stored was read without a problem. Thread-safe.
final class Suites {
    private static final int MAX_KEY = 60;

    /// What a suite is to become.
    ///
    /// @param name null = as before, or made of the file's description
    /// @param ifVersion the latest version that the caller knows; null = whatever it is
    record Draft(@Nullable String name, @Nullable String key, SuiteText text, @Nullable String message,
            @Nullable Integer ifVersion) {}

    /// A case to add.
    record NewCase(UUID jobId, @Nullable String description, @Nullable List<String> assertions, boolean expectOutput,
            @Nullable Integer ifVersion) {}

    /// A suite with its latest version, read.
    record Open(EvalSuite suite, SuiteVersion version, Suite loaded) {}

    private final Database db;
    private final SuiteReader reader;
    private final EvaluationJobs jobs;

    Suites(Database db, SuiteReader reader, EvaluationJobs jobs) {
        this.db = db;
        this.reader = reader;
        this.jobs = jobs;
    }

    EvalSuite create(Caller caller, Draft draft) throws InterruptedException {
        var loaded = reader.require(caller.workspaceId(), "suite", draft.text(), List.of());
        var name = Optional.ofNullable(draft.name())
                .orElse(loaded.description().isBlank() ? "Suite" : cut(loaded.description()));
        var facts = facts(caller.workspaceId(), loaded);
        return db.transaction(caller.workspaceId(), tx -> {
            var id = Ids.next();
            var key = draft.key() == null ? freeKey(tx, caller, name) : draft.key();
            if (!SuiteStore.insert(tx, caller.workspaceId(), id, key, name, facts, caller.name())) {
                throw new Failure.Conflict("the key \"" + key
                        + "\" is taken by another suite; choose another, or leave it out to get a free one");
            }
            SuiteStore.insertVersion(tx, caller.workspaceId(), id, 1, draft.text(), draft.message(), facts.cases(),
                    caller.name());
            Audit.record(tx, caller, "suite.create", id.toString(), Json.object().put("key", key));
            return require(tx, caller.workspaceId(), id);
        });
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), 120));
    }

    private static String freeKey(Handle tx, Caller caller, String name) {
        var plain = Normalizer.normalize(name, Normalizer.Form.NFKD).replaceAll("\\p{M}+", "")
                .toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        var key = plain.isEmpty() ? "suite" : plain.substring(0, Math.min(plain.length(), MAX_KEY))
                .replaceAll("-$", "");
        var taken = SuiteStore.keysStartingWith(tx, caller.workspaceId(), key);
        var free = key;
        for (var number = 2; taken.contains(free); number++) {
            free = key + "-" + number;
        }
        return free;
    }

    private EvalSuite.Facts facts(UUID workspaceId, Suite loaded) {
        var arms = Json.array();
        loaded.arms().stream().map(Arm::id).forEach(arms::add);
        var reference = loaded.settings().template();
        var template = reference == null ? Optional.<Texts>empty() : reader.texts(workspaceId, reference);
        return new EvalSuite.Facts(loaded.description(), loaded.cases().size(), loaded.cells(), arms,
                template.map(Texts::templateId).orElse(null));
    }

    /// Makes the next version, unless the text is the same.
    EvalSuite change(Caller caller, UUID id, Draft draft) throws InterruptedException {
        var key = require(caller.workspaceId(), id).key();
        var facts = facts(caller.workspaceId(),
                reader.require(caller.workspaceId(), key, draft.text(), List.of()));
        return db.transaction(caller.workspaceId(), tx -> {
            if (!SuiteStore.lock(tx, caller.workspaceId(), id)) {
                throw Http.notFound("suite", id);
            }
            var now = require(tx, caller.workspaceId(), id);
            refuseStale(now, draft.ifVersion());
            var same = version(tx, caller.workspaceId(), id, now.version()).text().equals(draft.text());
            var version = same ? now.version() : now.version() + 1;
            if (!same) {
                SuiteStore.insertVersion(tx, caller.workspaceId(), id, version, draft.text(), draft.message(),
                        facts.cases(), caller.name());
            }
            SuiteStore.update(tx, caller.workspaceId(), id, draft.name() == null ? now.name() : draft.name(), version,
                    facts);
            Audit.record(tx, caller, "suite.change", id.toString(),
                    Json.object().put("key", now.key()).put("version", version));
            return require(tx, caller.workspaceId(), id);
        });
    }

    private static void refuseStale(EvalSuite now, @Nullable Integer ifVersion) {
        if (now.archivedAt() != null) {
            throw new Failure.Conflict("the suite \"" + now.key() + "\" is archived; restore it first");
        }
        if (ifVersion != null && ifVersion != now.version()) {
            throw new Failure.Conflict("the suite \"" + now.key() + "\" is at version " + now.version() + ", not "
                    + ifVersion + "; read it again and repeat the change");
        }
    }

    /// Makes a case of a job, and so the next version.
    EvalSuite addCase(Caller caller, UUID id, NewCase wanted) throws InterruptedException {
        var open = open(caller.workspaceId(), id, null);
        var example = jobs.example(caller.workspaceId(), wanted.jobId());
        var text = open.version().text();
        var changed = new SuiteText(CaseAppender.append(text.content(), CaseAppender.lines(example, wanted)),
                text.files());
        var loaded = reader.require(caller.workspaceId(), open.suite().key(), changed, List.of());
        if (loaded.cases().size() <= open.loaded().cases().size()) {
            throw new Failure.Conflict("the suite has such a case already");
        }
        return change(caller, id, new Draft(null, null, changed, "case from job " + wanted.jobId(),
                wanted.ifVersion() == null ? (Integer) open.suite().version() : wanted.ifVersion()));
    }

    EvalSuite setArchived(Caller caller, UUID id, boolean archived) {
        return db.transaction(caller.workspaceId(), tx -> {
            var suite = require(tx, caller.workspaceId(), id);
            if (SuiteStore.setArchived(tx, caller.workspaceId(), id, archived)) {
                Audit.record(tx, caller, archived ? "suite.archive" : "suite.restore", id.toString(),
                        Json.object().put("key", suite.key()));
            }
            return require(tx, caller.workspaceId(), id);
        });
    }

    List<EvalSuite> list(UUID workspaceId, SuiteStore.Filter filter) {
        return db.autocommit(workspaceId, handle -> SuiteStore.list(handle, workspaceId, filter));
    }

    /// @throws Failure.NotFound also for those of another workspace
    EvalSuite require(UUID workspaceId, UUID id) {
        return db.autocommit(workspaceId, handle -> require(handle, workspaceId, id));
    }

    static EvalSuite require(Handle handle, UUID workspaceId, UUID id) {
        return SuiteStore.find(handle, workspaceId, id).orElseThrow(() -> Http.notFound("suite", id));
    }

    private static SuiteVersion version(Handle handle, UUID workspaceId, UUID id, int version) {
        return SuiteStore.version(handle, workspaceId, id, version)
                .orElseThrow(() -> Http.notFound("version of a suite", id + "/" + version));
    }

    SuiteVersion version(UUID workspaceId, UUID id, int version) {
        return db.autocommit(workspaceId, handle -> version(handle, workspaceId, id, version));
    }

    List<SuiteVersion> versions(UUID workspaceId, UUID id, @Nullable Integer before, int limit) {
        return db.transaction(workspaceId, tx -> {
            require(tx, workspaceId, id);
            return SuiteStore.versions(tx, workspaceId, id, before, limit);
        });
    }

    /// @param version null = the latest
    /// @throws Failure.Invalid when it cannot be read any more, since a provider or template is gone
    Open open(UUID workspaceId, UUID id, @Nullable Integer version) throws InterruptedException {
        var suite = require(workspaceId, id);
        var text = version(workspaceId, id, version == null ? suite.version() : version);
        return new Open(suite, text, reader.require(workspaceId, suite.key(), text.text(), List.of()));
    }
}
