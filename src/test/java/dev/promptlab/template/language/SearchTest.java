package dev.promptlab.template.language;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

import static org.assertj.core.api.Assertions.assertThat;

class SearchTest {
    @Property
    void findsWhatComparingAtEachPlaceFinds(
            @ForAll @CharRange(from = 'a', to = 'b') @StringLength(max = 5) String sought,
            @ForAll @CharRange(from = 'a', to = 'b') @StringLength(max = 20) String text,
            @ForAll @IntRange(max = 20) int from) {
        int start = Math.min(from, text.length());
        assertThat(new Search(sought).in(text, start)).isEqualTo(text.indexOf(sought, start));
    }
}
