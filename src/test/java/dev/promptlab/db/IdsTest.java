package dev.promptlab.db;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class IdsTest {
    private static final int COUNT = 20_000;

    @Test
    void areUuidsOfVersion7() {
        var id = Ids.next();
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isCloseTo(System.currentTimeMillis(),
                within(60_000L));
    }

    @Test
    void ascendAsTextAndSoInPostgres() {
        assertThat(ids()).extracting(UUID::toString).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void neverRepeatOverThreads() throws InterruptedException {
        Callable<List<UUID>> many = IdsTest::ids;
        try (var threads = Executors.newFixedThreadPool(4)) {
            var all = threads.invokeAll(List.of(many, many, many, many)).stream().map(Future::resultNow)
                    .flatMap(Collection::stream).distinct();
            assertThat(all).hasSize(4 * COUNT);
        }
    }

    private static List<UUID> ids() {
        return Stream.generate(Ids::next).limit(COUNT).toList();
    }
}
