package dev.promptlab.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.Ids;
import dev.promptlab.provider.Message;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TemplatesTest {
    private static final UUID WORKSPACE = Caller.DEFAULT_WORKSPACE;

    private static TestDatabase database;
    private static Templates templates;
    private static Templates otherNode;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        templates = new Templates(database.db());
        otherNode = new Templates(database.db());
    }

    @AfterAll
    static void stop() {
        templates.close();
        otherNode.close();
        database.close();
    }

    @Test
    void givesEachTemplateAKeyOfItsOwn() throws Exception {
        var keys = inParallel(20, _ -> templates.create(Caller.LOCAL, draft(null, "Same Name", "hi")).key());
        assertThat(keys).doesNotHaveDuplicates().contains("same-name", "same-name-2", "same-name-20");
    }

    /// As it would be if the batch named the wrong workspaces.
    @Test
    void aConnectionForAnotherWorkspaceFindsNoPointer() {
        var mine = templates.create(Caller.LOCAL, draft(null, "Mine", "hi"));
        var refs = List.of(new VersionRef(WORKSPACE, mine.id(), null, null));
        List<Optional<Pointer>> forOthers = database.as(DatabaseRole.API).autocommit(UUID.randomUUID(),
                handle -> new TemplateStore().pointers(handle, refs));
        List<Optional<Pointer>> forUs = database.as(DatabaseRole.API).autocommit(WORKSPACE,
                handle -> new TemplateStore().pointers(handle, refs));
        assertThat(forOthers).containsExactly(Optional.empty());
        assertThat(forUs.getFirst()).isPresent();
    }

    @Test
    void refusesAKeyThatIsTaken() {
        templates.create(Caller.LOCAL, draft("taken", "A", "hi"));
        assertThatThrownBy(() -> templates.create(Caller.LOCAL, draft("taken", "B", "hi")))
                .isInstanceOf(Failure.Conflict.class).hasMessageStartingWith("the key \"taken\" is taken");
        var elsewhere = anotherWorkspace();
        assertThat(templates.create(as(elsewhere, "test"), draft("taken", "C", "hi")).key()).isEqualTo("taken");
    }

    @Test
    void concurrentChangesGetNumbersOfTheirOwn() throws Exception {
        var id = templates.create(Caller.LOCAL, draft(null, "Racing", "0")).id();
        var versions = inParallel(12, i -> (i % 2 == 0 ? templates : otherNode)
                .change(Caller.LOCAL, id, change("text " + i, null)).version());
        assertThat(versions).containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(2, 13).boxed().toList());
        assertThat(templates.versions(WORKSPACE, id, null, 100)).extracting(TemplateVersion::version)
                .isEqualTo(IntStream.iterate(13, n -> n - 1).limit(13).boxed().toList());
    }

    @Test
    void onlyOneOfTwoChangesOfTheSameVersionWins() throws Exception {
        var id = templates.create(Caller.LOCAL, draft(null, "Guarded", "0")).id();
        var outcomes = inParallel(8, i -> {
            try {
                return templates.change(Caller.LOCAL, id, change("text " + i, 1)).version();
            } catch (Failure.Conflict _) {
                return 0;
            }
        });
        assertThat(outcomes).filteredOn(version -> version == 2).hasSize(1);
        assertThat(outcomes).filteredOn(version -> version == 0).hasSize(7);
    }

    @Test
    void theSameContentMakesNoVersion() {
        var id = templates.create(Caller.LOCAL, draft(null, "Idempotent", "same")).id();
        var renamed = templates.change(Caller.LOCAL, id,
                new TemplateChange("Renamed", "Described", content("same"), "ignored", null));
        assertThat(renamed.version()).isEqualTo(1);
        assertThat(renamed.name()).isEqualTo("Renamed");
        assertThat(templates.change(Caller.LOCAL, id, new TemplateChange(null, null, content("same"), null, null)))
                .isEqualTo(renamed);
        assertThat(templates.change(Caller.LOCAL, id, new TemplateChange(null, "", content("same"), null, null))
                .description()).isNull();
    }

    @Test
    void resolvesTheLatestANumberOrALabel() throws Exception {
        var id = templates.create(Caller.LOCAL, draft("resolved", "Resolved", "one")).id();
        templates.change(Caller.LOCAL, id, change("two", null));
        templates.moveLabel(Caller.LOCAL, id, "production", 1, null);
        assertThat(text(ref(id, null, null))).isEqualTo("two");
        assertThat(text(ref(id, 1, null))).isEqualTo("one");
        assertThat(text(ref(id, null, "production"))).isEqualTo("one");
        assertThat(text(ref(id, null, "latest"))).isEqualTo("two");
        assertThat(templates.resolve(ref(id, null, null)).templateName()).isEqualTo("Resolved");
    }

    @Test
    void saysWhatCannotBeResolved() {
        var id = templates.create(Caller.LOCAL, draft("greet", "Greet", "one")).id();
        templates.moveLabel(Caller.LOCAL, id, "production", 1, null);
        refuses(ref(id, null, "staging"), Failure.Invalid.class,
                "label template \"greet\" has no label \"staging\"; labels: production");
        refuses(ref(id, 7, null), Failure.Invalid.class,
                "version template \"greet\" has no version 7; the latest is 1");
        refuses(ref(id, 1, "production"), Failure.Invalid.class, "label must not stand beside version");
        refuses(ref(Ids.next(), null, null), Failure.NotFound.class, "there is no template");
        refuses(new VersionRef(anotherWorkspace(), id, null, null), Failure.NotFound.class, "there is no template");
        templates.archive(Caller.LOCAL, id);
        refuses(ref(id, null, null), Failure.Conflict.class, "template \"greet\" is archived");
    }

    @Test
    void everyNodeSeesAChangeAtOnceThoughItKeepsAsking() throws Exception {
        var id = templates.create(Caller.LOCAL, draft(null, "Exact", "v1")).id();
        templates.moveLabel(Caller.LOCAL, id, "production", 1, null);
        var asking = Thread.ofVirtual()
                .start(() -> askUntilInterrupted(ref(id, null, "production"), ref(id, null, null)));
        for (int version = 2; version < 20; version++) {
            assertThat(otherNode.resolve(ref(id, null, "production")).version()).isEqualTo(version - 1);
            templates.change(Caller.LOCAL, id, change("v" + version, null));
            assertThat(otherNode.resolve(ref(id, null, null)).version()).isEqualTo(version);
            templates.moveLabel(Caller.LOCAL, id, "production", version, null);
        }
        templates.change(Caller.LOCAL, id, new TemplateChange("New name", null, content("v19"), null, null));
        assertThat(otherNode.resolve(ref(id, null, null)).templateName()).isEqualTo("New name");
        asking.interrupt();
        asking.join();
    }

    private static void askUntilInterrupted(VersionRef... refs) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                for (var ref : refs) {
                    otherNode.resolve(ref);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void manyResolvesAtOnceEachGetTheirOwnAnswer() throws Exception {
        var ids = IntStream.range(0, 20)
                .mapToObj(i -> templates.create(Caller.LOCAL, draft(null, "Many", "text " + i)).id())
                .toList();
        var texts = inParallel(400, i -> text(ref(ids.get(i % 20), i % 3 == 0 ? 1 : null, null)));
        assertThat(texts).isEqualTo(IntStream.range(0, 400).mapToObj(i -> "text " + i % 20).toList());
    }

    @Test
    void aLabelKeepsItsHistory() {
        var id = templates.create(Caller.LOCAL, draft(null, "Labelled", "1")).id();
        templates.change(Caller.LOCAL, id, change("2", null));
        assertThat(templates.moveLabel(as(WORKSPACE, "ann"), id, "production", 1, "first").previousVersion()).isNull();
        assertThat(templates.moveLabel(as(WORKSPACE, "bob"), id, "production", 2, null).previousVersion()).isEqualTo(1);
        assertThat(templates.moveLabel(as(WORKSPACE, "bob"), id, "production", 2, "again").version()).isEqualTo(2);
        templates.removeLabel(as(WORKSPACE, "cid"), id, "production");
        assertThat(templates.labelHistory(WORKSPACE, id, "production", null, 10))
                .extracting(move -> move.fromVersion() + ">" + move.toVersion() + " " + move.movedBy() + " "
                        + move.reason())
                .containsExactly("2>null cid null", "1>2 bob null", "null>1 ann first");
        assertThat(templates.require(WORKSPACE, id).labels()).isEmpty();
    }

    @Test
    void everyChangeLeavesAnEventAndWhatChangesNothingLeavesNone() {
        var id = templates.create(as(WORKSPACE, "ann"), draft("audited", "Audited", "1")).id();
        templates.change(as(WORKSPACE, "bob"), id, change("2", null));
        templates.change(as(WORKSPACE, "bob"), id, change("2", null));
        for (int twice = 0; twice < 2; twice++) {
            templates.moveLabel(as(WORKSPACE, "cid"), id, "production", 2, null);
        }
        templates.removeLabel(as(WORKSPACE, "cid"), id, "production");
        for (int twice = 0; twice < 2; twice++) {
            templates.archive(as(WORKSPACE, "dan"), id);
        }
        for (int twice = 0; twice < 2; twice++) {
            templates.restore(as(WORKSPACE, "eve"), id);
        }

        assertThat(database.db().<List<String>>autocommit(handle -> handle
                .createQuery("select actor || ' ' || action from audit_event where subject = ? order by id")
                .bind(0, id.toString()).mapTo(String.class).list()))
                .containsExactly("ann template.create", "bob template.change", "cid template.move_label",
                        "cid template.remove_label", "dan template.archive", "eve template.restore");
    }

    @Test
    void concurrentMovesOfALabelMakeOneUnbrokenHistory() throws Exception {
        var id = templates.create(Caller.LOCAL, draft(null, "Contended", "1")).id();
        IntStream.rangeClosed(2, 9).forEach(i -> templates.change(Caller.LOCAL, id, change("" + i, null)));
        inParallel(8, i -> (i % 2 == 0 ? templates : otherNode).moveLabel(Caller.LOCAL, id, "x", i + 2, null));
        var moves = templates.labelHistory(WORKSPACE, id, "x", null, 100).reversed();
        assertThat(moves).hasSize(8);
        for (int i = 1; i < moves.size(); i++) {
            assertThat(moves.get(i).fromVersion()).isEqualTo(moves.get(i - 1).toVersion());
        }
    }

    @Test
    void givesContentBackAsItCame() {
        var schema = Json.parseObject("{\"z\": \"string\", \"a\": \"number?\"}");
        var messages = List.<Content.Turn>of(new Content.Turn.Text("system", "s"), new Content.Turn.History("chat"),
                new Content.Turn.Text("user", "{{ z }}"));
        var defaults = new Defaults("mock", "echo", Json.parseObject("{\"temperature\": 0.70, \"a\": [1]}"));
        var content = new Content(null, null, messages, schema, defaults);
        var saved = templates.create(Caller.LOCAL, new TemplateDraft(null, "Whole", null, content, null)).content();
        assertThat(saved).isEqualTo(content);
        assertThat(saved.variablesSchema()).hasToString(schema.toString());
        assertThat(saved.defaults().params()).hasToString("{\"temperature\":0.70,\"a\":[1]}");
    }

    @Test
    void rendersStrictlyForJobs() throws Exception {
        var content = new Content("Be {{ tone }}.", "Write on {{ topic.title }} for {{ tone }}.", null, null,
                Defaults.NONE);
        var id = templates.create(Caller.LOCAL, new TemplateDraft(null, "Strict", null, content, null)).id();
        var version = templates.resolve(ref(id, null, null));
        assertThat(version.render(Json.parseObject("{\"tone\": \"{{ x }}\", \"topic\": {\"title\": 1.0}}")))
                .containsExactly(new Message("system", "Be {{ x }}."),
                        new Message("user", "Write on 1.0 for {{ x }}."));
        assertThatThrownBy(() -> version.render(Json.parseObject("{\"topic\": {}}")))
                .isInstanceOf(Failure.Invalid.class).hasMessage(
                        "variables.tone is not defined; systemPrompt needs it at line 1, column 7 (and 1 more)");
    }

    @Test
    void splicesTheHistoryInVerbatim() throws Exception {
        var content = new Content(null, null, List.of(new Content.Turn.Text("system", "s"),
                new Content.Turn.History("chat"), new Content.Turn.Text("user", "{{ q }}")), null, Defaults.NONE);
        var id = templates.create(Caller.LOCAL, new TemplateDraft(null, "Chat", null, content, null)).id();
        var version = templates.resolve(ref(id, null, null));
        assertThat(version.render(Json.parseObject(
                """
                        {"q": "now", "chat": [{"role": "user", "content": "{{ q }}"}, {"role": "assistant", "content": "a"}]}""")))
                .containsExactly(new Message("system", "s"), new Message("user", "{{ q }}"),
                        new Message("assistant", "a"), new Message("user", "now"));
        assertThatThrownBy(() -> version.render(Json.parseObject("{\"q\": 1, \"chat\": [{\"role\": \"tool\"}]}")))
                .hasMessage("variables.chat[0].role must be one of system, user, assistant");
        assertThatThrownBy(() -> version.render(Json.parseObject("{\"q\": 1}")))
                .hasMessageStartingWith("variables.chat is not defined");
    }

    @Test
    void seedsTheSamplesOnceAlsoWhenTwoNodesStart() throws Exception {
        var workspace = anotherWorkspace();
        var created = inParallel(6, i -> (i % 2 == 0 ? templates : otherNode).seed(workspace).size());
        assertThat(created.stream().mapToInt(Integer::intValue).sum()).isEqualTo(3);
        assertThat(templates.list(workspace, new TemplateFilter(null, null, false, null, 10)))
                .extracting(Template::key)
                .containsExactlyInAnyOrder("blog-post-writer", "code-reviewer", "email-composer");
        assertThat(templates.seed(workspace)).isEmpty();
    }

    private static Caller as(UUID workspaceId, String name) {
        return new Caller(workspaceId, name, null, null, Role.OWNER.permissions());
    }

    private static String text(VersionRef ref) throws InterruptedException {
        return otherNode.resolve(ref).render(Json.object()).getFirst().content();
    }

    private static void refuses(VersionRef ref, Class<? extends Failure> failure, String message) {
        assertThatThrownBy(() -> templates.resolve(ref)).isInstanceOf(failure).hasMessageStartingWith(message);
    }

    private static VersionRef ref(UUID id, @Nullable Integer version, @Nullable String label) {
        return new VersionRef(WORKSPACE, id, version, label);
    }

    private static TemplateDraft draft(@Nullable String key, String name, String text) {
        return new TemplateDraft(key, name, null, content(text), null);
    }

    private static TemplateChange change(String text, @Nullable Integer ifVersion) {
        return new TemplateChange(null, null, content(text), null, ifVersion);
    }

    private static Content content(String text) {
        return new Content(null, text, null, null, Defaults.NONE);
    }

    private static UUID anotherWorkspace() {
        var id = Ids.next();
        Database db = database.db();
        db.inTransaction(
                tx -> tx.createUpdate("insert into workspace (id, name) values (:id, 'Another')").bind("id", id)
                        .execute());
        return id;
    }

    private interface Work<T> {
        T run(int number) throws Exception;
    }

    private static <T> List<T> inParallel(int count, Work<T> work) throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<T>>();
            IntStream.range(0, count).forEach(i -> tasks.add(() -> work.run(i)));
            var results = new ArrayList<T>();
            for (var future : threads.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        }
    }
}
