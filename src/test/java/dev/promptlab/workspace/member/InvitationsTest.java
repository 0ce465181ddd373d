package dev.promptlab.workspace.member;

import java.time.Duration;
import java.util.List;

import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Failure;
import dev.promptlab.workspace.access.Caller;
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
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class InvitationsTest {
    private static TestDatabase database;
    private static TestWorkspaces test;
    private Workspace workspace;
    private Caller asOwner;
    private Person guest;

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
        var owner = test.person("owner");
        workspace = test.workspace(owner);
        asOwner = caller(workspace, owner, Role.OWNER);
        guest = test.person("guest");
    }

    private Invitations.Made invite(Role role) {
        return test.invitations.create(asOwner, guest.email(), role);
    }

    @Test
    void whoeverHasTheTokenAndTheAddressBecomesAMember() {
        var made = invite(Role.MEMBER);

        var joined = test.invitations.accept(guest, made.token().value());

        assertThat(joined.id()).isEqualTo(workspace.id());
        assertThat(joined.role()).isEqualTo(Role.MEMBER);
        assertThat(test.memberships.role(guest.userId(), workspace.id())).contains(Role.MEMBER);
        assertThat(test.invitations.list(workspace.id(), null, 10)).isEmpty();
        assertThat(test.auditActions(workspace.id())).containsExactly("workspace.create", "invitation.create",
                "member.join");
    }

    @Test
    void theTokenIsNowhereInTheDatabase() {
        var token = invite(Role.MEMBER).token();

        var rows = database.db().autocommit(handle -> handle
                .createQuery(
                        "select row_to_json(i)::text || (select string_agg(e.details::text, '') from audit_event e) from invitation i")
                .mapTo(String.class).list());

        assertThat(token.value()).matches("pli_[A-Za-z0-9_-]{43}");
        assertThat(rows).isNotEmpty().noneMatch(row -> row.contains(token.value()));
        assertThat(token.toString()).doesNotContain(token.value());
    }

    @Test
    void itIsAcceptedOnceHoweverManyTryAtOnce() throws InterruptedException {
        var token = invite(Role.MEMBER).token().value();

        var failures = atOnce(20, () -> test.invitations.accept(guest, token));

        assertThat(failures).filteredOn(failure -> failure != null).hasSize(19)
                .allMatch(failure -> failure instanceof Failure.NotFound);
        assertThat(test.auditActions(workspace.id())).containsOnlyOnce("member.join");
    }

    @Test
    void everyTokenThatOpensNothingIsAnsweredTheSame() {
        var used = invite(Role.MEMBER).token().value();
        test.invitations.accept(guest, used);
        guest = test.person("late");
        var late = invite(Role.MEMBER);
        test.age(late.invitation(), Invitations.VALID.plus(Duration.ofSeconds(1)));
        guest = test.person("unwanted");
        var revoked = invite(Role.MEMBER);
        test.invitations.revoke(asOwner, revoked.invitation().id());

        assertThat(List.of(used, late.token().value(), revoked.token().value(), "pli_nonsense", ""))
                .extracting(token -> catchThrowableOfType(Failure.NotFound.class,
                        () -> test.invitations.accept(guest, token)).getMessage())
                .hasSize(5)
                .containsOnly("this invitation is not valid: it was accepted or taken back, its time is over,"
                        + " or it never was; ask for a new one");
    }

    @Test
    void itLastsSevenDays() {
        var made = invite(Role.VIEWER);
        test.age(made.invitation(), Invitations.VALID.minus(Duration.ofMinutes(1)));

        assertThat(test.invitations.accept(guest, made.token().value()).role()).isEqualTo(Role.VIEWER);
    }

    @Test
    void somebodyElseCannotUseItAndItStaysOpen() {
        var token = invite(Role.MEMBER).token().value();

        assertThatExceptionOfType(Failure.Forbidden.class)
                .isThrownBy(() -> test.invitations.accept(test.person("thief"), token));

        assertThat(test.invitations.accept(guest, token).role()).isEqualTo(Role.MEMBER);
    }

    @Test
    void aNewInvitationTakesThePlaceOfTheOneBefore() {
        var first = invite(Role.MEMBER).token().value();
        var second = test.invitations.create(asOwner, guest.email().toUpperCase(java.util.Locale.ROOT), Role.ADMIN);

        assertThatExceptionOfType(Failure.NotFound.class).isThrownBy(() -> test.invitations.accept(guest, first));
        assertThat(test.invitations.accept(guest, second.token().value()).role()).isEqualTo(Role.ADMIN);
    }

    @Test
    void aMemberIsNotInvitedAgain() {
        test.invitations.accept(guest, invite(Role.MEMBER).token().value());

        assertThatExceptionOfType(Failure.Conflict.class).isThrownBy(() -> invite(Role.ADMIN));
    }

    @Test
    void onlyAnOwnerInvitesOwners() {
        var admin = test.member(workspace, Role.ADMIN);

        assertThatExceptionOfType(Failure.Forbidden.class).isThrownBy(
                () -> test.invitations.create(caller(workspace, admin, Role.ADMIN), guest.email(), Role.OWNER));
        assertThat(test.invitations.accept(guest, invite(Role.OWNER).token().value()).role()).isEqualTo(Role.OWNER);
    }

    @Test
    void withARoleGoTheInvitationsThatNeedIt() {
        var second = test.member(workspace, Role.OWNER);
        var asSecond = caller(workspace, second, Role.OWNER);
        var toOwner = test.invitations.create(asSecond, "a@example.com", Role.OWNER);
        var toMember = test.invitations.create(asSecond, "b@example.com", Role.MEMBER);

        test.members.change(asOwner, second.userId(), Role.ADMIN);
        assertThat(open()).containsExactly(toMember.invitation()).doesNotContain(toOwner.invitation());

        test.members.remove(asOwner, second.userId());
        assertThat(open()).isEmpty();
    }

    @Test
    void theInvitationOfAnotherWorkspaceIsNotThere() {
        var stranger = test.person("stranger");
        var other = test.workspace(stranger);
        var made = invite(Role.MEMBER);
        var asStranger = caller(other, stranger, Role.OWNER);

        assertThatExceptionOfType(Failure.NotFound.class)
                .isThrownBy(() -> test.invitations.revoke(asStranger, made.invitation().id()));
        assertThat(test.invitations.list(other.id(), null, 10)).isEmpty();
        assertThat(database.as(DatabaseRole.API).<Integer>autocommit(other.id(), handle -> handle
                .createQuery("select count(*) from invitation").mapTo(Integer.class).one())).isZero();
    }

    private List<Invitation> open() {
        return test.invitations.list(workspace.id(), null, 10);
    }
}
