package dev.promptlab.job.history;

import java.util.Random;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

class SlotsTest {
    @Test
    void aQuantileIsRightToWithinFivePercent() {
        var random = new Random(7);
        long[] millis = LongStream.range(0, 5_000).map(_ -> 1 + (long) Math.exp(random.nextDouble() * 15)).sorted()
                .toArray();
        var slots = new Slots();
        for (long one : millis) {
            slots.add((int) Math.ceil(Math.log((double) one) / Math.log(1.1)), 1);
        }
        for (double share : new double[]{0.01, 0.5, 0.95, 0.99, 1}) {
            assertThat(slots.quantile(share)).isCloseTo(millis[(int) Math.ceil(share * millis.length) - 1],
                    withPercentage(5));
        }
    }

    @Test
    void nothingHasNoQuantile() {
        assertThat(new Slots().quantile(0.5)).isNull();
    }

    @Test
    void sumsAreThoseOfTheParts() {
        var one = new Slots();
        one.add(10, 3);
        var other = new Slots();
        other.add(40, 5);
        one.add(other);
        assertThat(one.total()).isEqualTo(8);
        assertThat(one.quantile(1)).isEqualTo(other.quantile(1));
    }
}
