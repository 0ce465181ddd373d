package dev.promptlab.workspace.member;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.Ids;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Person;
import dev.promptlab.workspace.access.Role;

/// Users and workspaces of tests, and what works on them, on the real database roles.
final class TestWorkspaces {
    final TestDatabase database;
    final Memberships memberships;
    final Workspaces workspaces;
    final Members members;
    final Invitations invitations;

    TestWorkspaces(TestDatabase database) {
        this.database = database;
        this.memberships = new Memberships(database.as(DatabaseRole.AUTH));
        this.workspaces = new Workspaces(database.as(DatabaseRole.API), database.as(DatabaseRole.AUTH), memberships);
        this.members = new Members(database.as(DatabaseRole.API), memberships);
        this.invitations = new Invitations(database.as(DatabaseRole.API), database.as(DatabaseRole.AUTH), memberships);
    }

    Person person(String name) {
        var id = Ids.next();
        var email = name + "." + id + "@example.com";
        database.db().inTransaction(tx -> tx.execute(
                "insert into app_user (id, email, name, password_hash) values (?, ?, ?, '$argon2id$none')", id, email,
                name));
        return new Person(id, email, name, new UUID(0, 1));
    }

    Workspace workspace(Person owner) {
        return workspaces.create(owner, owner.name() + "'s workspace");
    }

    /// A new person who is a member.
    Person member(Workspace workspace, Role role) {
        var person = person(role.code());
        database.db().inTransaction(tx -> MemberStore.put(tx, workspace.id(), person.userId(), role));
        return person;
    }

    static Caller caller(Workspace workspace, Person person, Role role) {
        return new Caller(workspace.id(), person.email(), person.userId(), null, role.permissions());
    }

    List<String> auditActions(UUID workspaceId) {
        return database.db().autocommit(handle -> handle
                .createQuery("select action from audit_event where workspace_id = ? order by id").bind(0, workspaceId)
                .mapTo(String.class).list());
    }

    int count(String table, UUID workspaceId) {
        return database.db().autocommit(handle -> handle
                .createQuery("select count(*) from " + table + " where workspace_id = ?").bind(0, workspaceId)
                .mapTo(Integer.class).one());
    }

    void age(Invitation invitation, Duration by) {
        database.db()
                .inTransaction(tx -> tx.execute(
                        """
                                update invitation set created_at = created_at - cast(? as interval), expires_at = expires_at - cast(? as interval)
                                 where id = ?""",
                        by.toString(), by.toString(), invitation.id()));
    }

    /// All at once.
    ///
    /// @return what each threw; null where it went well
    static List<Throwable> atOnce(List<Callable<Object>> tasks) throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(tasks).stream().map(done -> {
                try {
                    done.get();
                    return null;
                } catch (ExecutionException e) {
                    return e.getCause();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }).toList();
        }
    }

    static List<Throwable> atOnce(int times, Callable<Object> task) throws InterruptedException {
        return atOnce(IntStream.range(0, times).mapToObj(_ -> task).toList());
    }
}
