package dev.promptlab.workspace.key;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Failure;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Role;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ApiKeysTest {
    private static final UUID WORKSPACE = UUID.fromString("01920000-0000-7000-8000-00000000000a");
    private static final UUID OTHER_WORKSPACE = UUID.fromString("01920000-0000-7000-8000-00000000000b");
    private static final UUID ANNA = UUID.fromString("01920000-0000-7000-8000-0000000000a1");
    private static final UUID BEN = UUID.fromString("01920000-0000-7000-8000-0000000000b1");

    private TestDatabase database;
    private ApiKeys found;
    private ApiKeys elsewhere;
    private IssuedKeys issued;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        execute("insert into workspace (id, name) values ('%s', 'A'), ('%s', 'B')".formatted(WORKSPACE,
                OTHER_WORKSPACE));
        var pepper = Pepper.of(database.db(), TestServer.dataKeys(database));
        found = new ApiKeys(database.as(DatabaseRole.AUTH), pepper);
        elsewhere = new ApiKeys(database.as(DatabaseRole.AUTH),
                Pepper.of(database.db(), TestServer.dataKeys(database)));
        issued = new IssuedKeys(database.as(DatabaseRole.API), pepper);
    }

    @AfterEach
    void close() {
        found.close();
        elsewhere.close();
        database.close();
    }

    @Test
    void aKeyTellsItsWorkspaceCreatorAndScopes() {
        var key = issued.create(member(ANNA), wanted(Set.of(Permission.JOBS_READ))).secret();
        var holder = elsewhere.find(key.value()).orElseThrow();
        assertThat(holder.workspaceId()).isEqualTo(WORKSPACE);
        assertThat(holder.creatorId()).isEqualTo(ANNA);
        assertThat(holder.scopes()).containsExactly(Permission.JOBS_READ);
        assertThat(key.value()).matches("pl_[A-Za-z0-9_-]{49}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pl_", "pl_short", "Bearer pl_x",
            "pl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "pl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", "pl_' or 1=1 --", "\u0000"})
    void whatIsNoKeyIsRefusedWithoutTheDatabase(String text) {
        database.as(DatabaseRole.AUTH).close();
        assertThat(found.find(text)).isEmpty();
    }

    @Test
    void anyChangedCharacterIsSomebodyElsesKey() {
        var key = issued.create(member(ANNA), wanted(null)).secret().value();
        for (int i = 3; i < key.length(); i++) {
            var other = key.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(found.find(key.substring(0, i) + other + key.substring(i + 1))).isEmpty();
        }
    }

    @Test
    void theDatabaseHoldsNoKey() {
        var key = issued.create(member(ANNA), wanted(null)).secret().value();
        var dump = database.db()
                .autocommit(handle -> handle
                        .createQuery(
                                """
                                        select (select string_agg(k::text, '') from api_key k) || (select string_agg(e::text, '') from audit_event e)
                                               || (select string_agg(p::text, '') from api_key_pepper p)""")
                        .mapTo(String.class).one());
        assertThat(dump).contains("api_key.create").doesNotContain(key.substring(3, 20));
    }

    @Test
    void withoutScopesAKeyGetsWhatItsMakerMayAndAKeyMayHave() {
        assertThat(scopes(issued.create(caller(WORKSPACE, ANNA, Role.OWNER), wanted(null))))
                .isEqualTo(Role.ADMIN.permissions());
        assertThat(scopes(issued.create(member(ANNA), wanted(null)))).isEqualTo(Role.MEMBER.permissions());
    }

    @Test
    void aKeyNeverGetsMoreThanItsMakerHasNorWhatIsAPersonsAlone() {
        for (var scope : EnumSet.of(Permission.JOBS_ADMIN, Permission.PROVIDER_KEYS, Permission.ACCOUNT)) {
            assertThatThrownBy(() -> issued.create(member(ANNA), wanted(Set.of(scope))))
                    .isInstanceOf(Failure.Invalid.class).hasMessageContaining(scope.code());
        }
        assertThatThrownBy(() -> issued.create(caller(WORKSPACE, ANNA, Role.OWNER),
                wanted(Set.of(Permission.WORKSPACE_OWN)))).isInstanceOf(Failure.Invalid.class);
    }

    @Test
    void revocationIsSeenByEveryProcessWithinTwoSeconds() {
        var made = issued.create(member(ANNA), wanted(null));
        assertThat(elsewhere.find(made.secret().value())).isPresent();
        issued.revoke(member(ANNA), made.key().id());
        long revokedAt = System.nanoTime();
        while (elsewhere.find(made.secret().value()).isPresent()) {
            assertThat(Duration.ofNanos(System.nanoTime() - revokedAt)).isLessThan(Duration.ofSeconds(2));
            Thread.onSpinWait();
        }
        issued.revoke(member(ANNA), made.key().id());
        assertThat(actions()).containsExactly("api_key.create", "api_key.revoke");
    }

    @Test
    void anExpiredKeyAndOneOfADeletedWorkspaceAreUnknown() {
        var made = issued.create(member(ANNA), new IssuedKeys.Wanted("x", null, Instant.now().plusSeconds(3_600)));
        execute("update api_key set created_at = now() - interval '2 h', expires_at = now() - interval '1 s'");
        assertThat(found.find(made.secret().value())).isEmpty();
        execute("update api_key set expires_at = null");
        execute("update workspace set deleted_at = now() where id = '%s'".formatted(WORKSPACE));
        assertThat(elsewhere.find(made.secret().value())).isEmpty();
    }

    @Test
    void anEndInThePastIsRefused() {
        assertThatThrownBy(() -> issued.create(member(ANNA),
                new IssuedKeys.Wanted("x", null, Instant.now().minusSeconds(5))))
                .isInstanceOf(Failure.Invalid.class).hasMessageContaining("expiresAt");
    }

    @Test
    void membersSeeTheirOwnKeysAndAdminsAllOfTheWorkspace() {
        var annas = issued.create(member(ANNA), wanted(null)).key().id();
        var bens = issued.create(member(BEN), wanted(null)).key().id();
        issued.create(caller(OTHER_WORKSPACE, ANNA, Role.OWNER), wanted(null));
        var admin = caller(WORKSPACE, UUID.randomUUID(), Role.ADMIN);
        assertThat(issued.list(member(ANNA), false, null, 10)).extracting(ApiKey::id).containsExactly(annas);
        assertThat(issued.list(admin, false, null, 10)).extracting(ApiKey::id).containsExactly(bens, annas);
        assertThatThrownBy(() -> issued.require(member(ANNA), bens)).hasMessage(notFound(bens));
        assertThatThrownBy(() -> issued.revoke(member(ANNA), bens)).hasMessage(notFound(bens));
        assertThatThrownBy(() -> issued.rename(member(ANNA), bens, "mine")).hasMessage(notFound(bens));
        assertThatThrownBy(() -> issued.require(caller(OTHER_WORKSPACE, ANNA, Role.OWNER), annas))
                .hasMessage(notFound(annas));
        assertThat(issued.rename(admin, bens, "new").name()).isEqualTo("new");
    }

    @Test
    void aKeyMadeWithAKeyHasItsCreatorItsLimitsAndItsEnd() {
        var end = Instant.now().plusSeconds(3_600);
        var parent = issued.create(member(ANNA), new IssuedKeys.Wanted("parent", Set.of(Permission.API_KEYS), end));
        var asParent = asKey(parent);
        assertThatThrownBy(() -> issued.create(asParent, wanted(Set.of(Permission.JOBS_READ))))
                .isInstanceOf(Failure.Invalid.class);
        assertThatThrownBy(() -> issued.create(asParent, new IssuedKeys.Wanted("x", null, end.plusSeconds(1))))
                .isInstanceOf(Failure.Invalid.class).hasMessageContaining("expiresAt");
        var child = issued.create(asParent, wanted(null));
        var grandchild = issued.create(asKey(child), wanted(null));
        assertThat(found.find(grandchild.secret().value()).orElseThrow().creatorId()).isEqualTo(ANNA);
        assertThat(child.key().expiresAt()).isEqualTo(parent.key().expiresAt());

        issued.revoke(member(ANNA), parent.key().id());
        assertThat(elsewhere.find(child.secret().value())).isEmpty();
        assertThat(elsewhere.find(grandchild.secret().value())).isEmpty();
        assertThatThrownBy(() -> issued.create(asKey(child), wanted(null))).isInstanceOf(Failure.Forbidden.class);
    }

    @Test
    void theOperatorsKeyBelongsToNobody() {
        var key = issued.createForOperator(WORKSPACE, "first", Role.ADMIN);
        var holder = found.find(key.value()).orElseThrow();
        assertThat(holder.creatorId()).isNull();
        assertThat(holder.scopes()).isEqualTo(Role.ADMIN.permissions());
        assertThat(issued.list(member(ANNA), false, null, 10)).isEmpty();
        assertThatThrownBy(() -> issued.createForOperator(UUID.randomUUID(), "x", Role.ADMIN))
                .isInstanceOf(Failure.NotFound.class);
    }

    @Test
    void whoIsSignedInWithoutAnAccountMakesNoKey() {
        var external = new Caller(WORKSPACE, "external", null, null, Role.ADMIN.permissions());
        assertThatThrownBy(() -> issued.create(external, wanted(null))).isInstanceOf(Failure.Forbidden.class);
    }

    @Test
    void theLastUseIsWrittenAwayFromTheRequestAndAtMostOnceAMinute() {
        var made = issued.create(member(ANNA), wanted(null));
        found.find(made.secret().value());
        assertThat(lastUse()).isEmpty();
        found.close();
        var first = lastUse();
        assertThat(first).isPresent();
        elsewhere.find(made.secret().value());
        elsewhere.close();
        assertThat(lastUse()).isEqualTo(first);
    }

    @Test
    void theyLeaveWithAnExportAndGoWithTheirWorkspace() {
        var made = issued.create(member(ANNA), wanted(null));
        issued.create(asKey(made), wanted(null));
        var data = new ApiKeyData(database.as(DatabaseRole.API));
        var lines = new ArrayList<String>();
        data.export(WORKSPACE, (kind, content) -> lines.add(kind + content));
        assertThat(lines).hasSize(2).allMatch(line -> line.startsWith("apiKey{"));
        assertThat(remove(data)).as("while the workspace lives").isEqualTo(WorkspaceData.Removal.DONE);
        assertThat(issued.list(caller(WORKSPACE, ANNA, Role.ADMIN), true, null, 10)).hasSize(2);
        execute("update workspace set deleted_at = now() where id = '%s'".formatted(WORKSPACE));
        while (remove(data) != WorkspaceData.Removal.DONE) {
            assertThat(lines).isNotEmpty();
        }
        assertThat(issued.list(caller(WORKSPACE, ANNA, Role.ADMIN), true, null, 10)).isEmpty();
    }

    private WorkspaceData.Removal remove(ApiKeyData data) {
        return database.as(DatabaseRole.API).transaction(WORKSPACE, tx -> data.removeSome(tx, WORKSPACE, 1));
    }

    private static Set<Permission> scopes(IssuedKeys.Issued made) {
        var scopes = EnumSet.noneOf(Permission.class);
        made.key().scopes().forEach(code -> scopes.add(Permission.BY_CODE.get(code)));
        return scopes;
    }

    private static Caller asKey(IssuedKeys.Issued made) {
        return new Caller(WORKSPACE, "a key", ANNA, made.key().id(), scopes(made));
    }

    private static Caller member(UUID user) {
        return caller(WORKSPACE, user, Role.MEMBER);
    }

    private static Caller caller(UUID workspace, UUID user, Role role) {
        return new Caller(workspace, "somebody", user, null, role.permissions());
    }

    private static IssuedKeys.Wanted wanted(@Nullable Set<Permission> scopes) {
        return new IssuedKeys.Wanted("test", scopes, null);
    }

    private static String notFound(UUID id) {
        return "there is no API key \"" + id + "\" in this workspace";
    }

    private List<String> actions() {
        return database.db().autocommit(handle -> handle
                .createQuery("select action from audit_event order by id").mapTo(String.class).list());
    }

    private Optional<Instant> lastUse() {
        return database.db().autocommit(handle -> handle.createQuery("select last_used_at from api_key")
                .mapTo(Instant.class).findOne());
    }

    private void execute(String sql) {
        database.db().autocommit(handle -> handle.execute(sql));
    }
}
