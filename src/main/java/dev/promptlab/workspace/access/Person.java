package dev.promptlab.workspace.access;

import java.util.Optional;
import java.util.UUID;

import io.javalin.http.Context;

/// A person who is signed in, on routes that are about the person and not about a workspace ([Permission#ACCOUNT]).
public record Person(UUID userId, String email, String name, UUID sessionId) {
    /// Everybody on a server without login.
    public static final Person LOCAL = new Person(new UUID(0, 0), "local", "local", new UUID(0, 0));

    private static final String ATTRIBUTE = "person";

    public static Person of(Context ctx) {
        Person person = ctx.attribute(ATTRIBUTE);
        if (person == null) {
            throw new IllegalStateException("the route asks for no person (bug)");
        }
        return person;
    }

    /// As [#of]; empty while nobody is known, or on a route that asks for no person.
    public static Optional<Person> find(Context ctx) {
        return Optional.ofNullable(ctx.attribute(ATTRIBUTE));
    }

    /// Leaves the person for [#of].
    public void enter(Context ctx) {
        ctx.attribute(ATTRIBUTE, this);
    }
}
