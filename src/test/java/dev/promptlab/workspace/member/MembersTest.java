package dev.promptlab.workspace.member;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;

import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Failure;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Person;
import dev.promptlab.workspace.access.Role;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.promptlab.workspace.member.TestWorkspaces.atOnce;
import static dev.promptlab.workspace.member.TestWorkspaces.caller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MembersTest {
    private static TestDatabase database;
    private static TestWorkspaces test;
    private Person owner;
    private Workspace workspace;
    private Caller asOwner;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        test = new TestWorkspaces(database);
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @BeforeEach
    void found() {
        owner = test.person("owner");
        workspace = test.workspace(owner);
        asOwner = caller(workspace, owner, Role.OWNER);
    }

    @Test
    void whoeverMakesAWorkspaceOwnsIt() {
        assertThat(test.members.list(workspace.id(), null, 10)).extracting(Member::email, Member::role)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(owner.email(), Role.OWNER));
        assertThat(test.workspaces.of(owner)).extracting(Workspace::id).containsExactly(workspace.id());
        assertThat(test.auditActions(workspace.id())).containsExactly("workspace.create");
    }

    @Test
    void onlyAnOwnerMakesAndUnmakesOwners() {
        var admin = test.member(workspace, Role.ADMIN);
        var asAdmin = caller(workspace, admin, Role.ADMIN);
        var member = test.member(workspace, Role.MEMBER);

        assertForbidden(() -> test.members.change(asAdmin, member.userId(), Role.OWNER));
        assertForbidden(() -> test.members.change(asAdmin, admin.userId(), Role.OWNER));
        assertForbidden(() -> test.members.change(asAdmin, owner.userId(), Role.ADMIN));
        assertForbidden(() -> test.members.remove(asAdmin, owner.userId()));
        assertThat(test.members.change(asAdmin, member.userId(), Role.ADMIN).role()).isEqualTo(Role.ADMIN);
        assertThat(test.members.change(asOwner, member.userId(), Role.OWNER).role()).isEqualTo(Role.OWNER);
        assertThat(test.members.change(asOwner, member.userId(), Role.VIEWER).role()).isEqualTo(Role.VIEWER);
        assertThat(test.auditActions(workspace.id())).containsExactly("workspace.create", "member.change_role",
                "member.change_role", "member.change_role");
    }

    @Test
    void theLastOwnerStays() {
        test.member(workspace, Role.ADMIN);

        for (Runnable way : List.<Runnable>of(() -> test.members.remove(asOwner, owner.userId()),
                () -> test.members.change(asOwner, owner.userId(), Role.ADMIN))) {
            assertThatExceptionOfType(Failure.Conflict.class).isThrownBy(way::run).withMessageContaining("last owner");
        }
        assertThat(owners()).isEqualTo(1);
    }

    @Test
    void ofTwentyOwnersWhoGoAtOnceOneStays() throws InterruptedException {
        var ways = new ArrayList<Callable<Object>>();
        for (int i = 0; i < 20; i++) {
            var other = i == 0 ? owner : test.member(workspace, Role.OWNER);
            var asOther = caller(workspace, other, Role.OWNER);
            ways.add(i % 2 == 0 ? () -> {
                test.members.remove(asOther, other.userId());
                return null;
            } : () -> test.members.change(asOther, other.userId(), Role.VIEWER));
        }

        var failures = atOnce(ways).stream().filter(failure -> failure != null).toList();

        assertThat(failures).singleElement().isInstanceOf(Failure.Conflict.class);
        assertThat(owners()).isEqualTo(1);
    }

    @Test
    void ofTwoOwnersWhoUnmakeEachOtherOneStays() throws InterruptedException {
        var other = test.member(workspace, Role.OWNER);
        var asOther = caller(workspace, other, Role.OWNER);

        var failures = atOnce(List.of(() -> test.members.change(asOwner, other.userId(), Role.MEMBER),
                () -> test.members.change(asOther, owner.userId(), Role.MEMBER)));

        assertThat(failures).filteredOn(failure -> failure != null).singleElement()
                .isInstanceOf(Failure.Forbidden.class);
        assertThat(owners()).isEqualTo(1);
    }

    @Test
    void everybodyMayLeaveAndAViewerMayTakeOutNobodyElse() {
        var viewer = test.member(workspace, Role.VIEWER);
        var member = test.member(workspace, Role.MEMBER);

        assertForbidden(() -> test.members.remove(caller(workspace, viewer, Role.VIEWER), member.userId()));
        test.members.remove(caller(workspace, viewer, Role.VIEWER), viewer.userId());

        assertThat(test.memberships.role(viewer.userId(), workspace.id())).isEmpty();
        assertThat(test.auditActions(workspace.id())).endsWith("member.leave");
    }

    @Test
    void anApiKeyDoesNotLeaveForWhoeverMadeIt() {
        var viewer = test.member(workspace, Role.VIEWER);
        var key = new Caller(workspace.id(), "key", viewer.userId(), UUID.randomUUID(),
                Set.of(Permission.WORKSPACE_READ));

        assertForbidden(() -> test.members.remove(key, viewer.userId()));
    }

    @Test
    void aRoleThatWasTakenAwayAMomentAgoChangesNothingMore() {
        var admin = test.member(workspace, Role.ADMIN);
        var member = test.member(workspace, Role.MEMBER);
        test.members.change(asOwner, admin.userId(), Role.VIEWER);

        assertForbidden(() -> test.members.remove(caller(workspace, admin, Role.ADMIN), member.userId()));
    }

    @Test
    void aWorkspaceIsHandedOver() {
        var heir = test.member(workspace, Role.VIEWER);

        assertThat(test.members.transfer(asOwner, heir.userId()).role()).isEqualTo(Role.OWNER);

        assertThat(test.memberships.role(owner.userId(), workspace.id())).contains(Role.ADMIN);
        assertThat(owners()).isEqualTo(1);
        assertForbidden(() -> test.members.transfer(asOwner, heir.userId()));
    }

    @Test
    void aStrangerIsNotFoundWhetherThereIsOneOrNot() {
        var stranger = test.person("stranger");
        test.workspace(stranger);

        var existing = messageOf(() -> test.members.change(asOwner, stranger.userId(), Role.ADMIN));
        var random = UUID.randomUUID();
        assertThat(existing.replace(stranger.userId().toString(), random.toString()))
                .isEqualTo(messageOf(() -> test.members.change(asOwner, random, Role.ADMIN)));
    }

    @Test
    void aChangeIsSeenAtOnceHereAndWithinTwoSecondsElsewhere() {
        var member = test.member(workspace, Role.MEMBER);
        var elsewhere = new Memberships(database.as(DatabaseRole.AUTH));
        assertThat(elsewhere.role(member.userId(), workspace.id())).contains(Role.MEMBER);
        assertThat(test.memberships.role(member.userId(), workspace.id())).contains(Role.MEMBER);

        test.members.remove(asOwner, member.userId());

        assertThat(test.memberships.role(member.userId(), workspace.id())).isEmpty();
        assertThat(test.memberships.first(member.userId())).isEmpty();
        long start = System.nanoTime();
        while (elsewhere.role(member.userId(), workspace.id()).isPresent()) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            Thread.onSpinWait();
        }
    }

    @Test
    void aUserIsInTheWorkspaceJoinedFirst() {
        var second = test.workspace(owner);

        assertThat(test.memberships.first(owner.userId())).contains(workspace.id());
        assertThat(test.workspaces.of(owner)).extracting(Workspace::id).containsExactly(workspace.id(), second.id());
        assertThat(test.memberships.role(owner.userId(), UUID.randomUUID())).isEqualTo(Optional.empty());
    }

    @Test
    void aPersonOwnsAtMostFiftyWorkspacesAlsoWhenAskingAtOnce() throws InterruptedException {
        for (int i = 1; i < 45; i++) {
            test.workspace(owner);
        }

        var failures = atOnce(20, () -> test.workspace(owner));

        assertThat(failures).filteredOn(failure -> failure != null).hasSize(15)
                .allMatch(failure -> failure instanceof Failure.Conflict);
        assertThat(test.workspaces.of(owner)).hasSize(50);
    }

    @Test
    void theMembersOfAWorkspaceSeeNobodyElse() {
        var other = test.workspace(test.person("other"));

        var seen = database.as(DatabaseRole.API).autocommit(workspace.id(),
                handle -> handle.createQuery("select id from app_user").mapTo(UUID.class).list());

        assertThat(seen).containsExactly(owner.userId());
        assertThat(database.as(DatabaseRole.API).<List<UUID>>autocommit(workspace.id(),
                handle -> handle.createQuery("select distinct workspace_id from member").mapTo(UUID.class).list()))
                .containsExactly(workspace.id()).doesNotContain(other.id());
    }

    private int owners() {
        return database.db().autocommit(handle -> MemberStore.owners(handle, workspace.id()));
    }

    private static void assertForbidden(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatExceptionOfType(Failure.Forbidden.class).isThrownBy(call);
    }

    private static String messageOf(Runnable call) {
        try {
            call.run();
            throw new AssertionError("it went well");
        } catch (Failure.NotFound e) {
            return e.getMessage();
        }
    }
}
