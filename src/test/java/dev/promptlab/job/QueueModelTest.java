package dev.promptlab.job;

import java.util.List;

import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/// Every sequence of transitions has the same effect on PostgreSQL as on [QueueModel]: same answers, and after each step the
/// same states, attempts, epochs, tries and holders of keys. A failure prints its shortest sequence and its seed; put that into
/// `@Property(seed = ...)` to run it again, and `tries` up to search longer.
class QueueModelTest {
    private static final TestDatabase database = TestDatabase.create();
    /// One session gives out its sequence numbers in order.
    private static final Database db = Database.open(database.superuserUrl(), 1, DatabaseRole.OWNER);
    private static final QueueUnderTest queue = new QueueUnderTest(db);

    @AfterContainer
    static void close() {
        queue.close();
        db.close();
        database.close();
    }

    @Property(tries = 120)
    void theSqlDoesWhatTheModelDoes(@ForAll("sequences") List<QueueStep> steps) {
        queue.reset();
        for (var step : steps) {
            step.run(queue);
            queue.compare();
        }
    }

    @Provide
    Arbitrary<List<QueueStep>> sequences() {
        return Arbitraries.frequencyOf(
                Tuple.of(10, submits()), Tuple.of(10, claims()), Tuple.of(14, settles()),
                Tuple.of(3, upTo(4).map(QueueStep.Heartbeat::new)), Tuple.of(3, releases()),
                Tuple.of(2, lanes()),
                Tuple.of(5, upTo(5).map(QueueStep.Cancel::new)), Tuple.of(5, upTo(5).map(QueueStep.Retry::new)),
                Tuple.of(2, Combinators.combine(upTo(1), flags()).as(QueueStep.Redrive::new)),
                Tuple.of(1, upTo(1).map(QueueStep.Purge::new)),
                Tuple.of(5, upTo(4).map(QueueStep.LeasePasses::new)),
                Tuple.of(8, upTo(4).map(QueueStep.WaitPasses::new)),
                Tuple.of(2, upTo(4).map(QueueStep.DeadlinePasses::new)),
                Tuple.of(6, Arbitraries.of(new QueueStep.Sweep())), Tuple.of(2, Arbitraries.of(new QueueStep.Expire())),
                Tuple.of(8, Arbitraries.of(new QueueStep.Promote())))
                .list().ofMinSize(20).ofMaxSize(100);
    }

    private static Arbitrary<QueueStep> submits() {
        return Combinators.combine(upTo(1), upTo(5), upTo(QueueUnderTest.LANES - 1), Arbitraries.of(Priority.class),
                Arbitraries.integers().between(1, 3), oneIn(5), oneIn(6)).as(QueueStep.Submit::new);
    }

    private static Arbitrary<QueueStep> claims() {
        return Combinators.combine(upTo(2), upTo(6)).as(QueueStep.Claim::new);
    }

    /// Mostly of the latest claims and with the right epoch.
    private static Arbitrary<QueueStep> settles() {
        return Combinators.combine(upTo(5), shifts(), Arbitraries.of(Reply.class)).as(QueueStep.Settle::new);
    }

    private static Arbitrary<QueueStep> releases() {
        return Combinators.combine(upTo(3), shifts()).as(QueueStep.Release::new);
    }

    private static Arbitrary<QueueStep> lanes() {
        return Combinators.combine(upTo(QueueUnderTest.LANES - 1), oneIn(3), Arbitraries.integers().between(1, 4))
                .as(QueueStep.SetLane::new);
    }

    private static Arbitrary<Integer> shifts() {
        return Arbitraries.frequency(Tuple.of(8, 0), Tuple.of(1, -1), Tuple.of(1, 1));
    }

    private static Arbitrary<Integer> upTo(int last) {
        return Arbitraries.integers().between(0, last);
    }

    private static Arbitrary<Boolean> flags() {
        return Arbitraries.of(false, true);
    }

    private static Arbitrary<Boolean> oneIn(int n) {
        return Arbitraries.frequency(Tuple.of(n - 1, false), Tuple.of(1, true));
    }
}
