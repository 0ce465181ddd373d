package dev.promptlab.web;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CanonicalJsonTest {
    @Test
    void namesAreSortedWhiteSpaceGoesAndTextIsEscapedAsLittleAsPossible() {
        var json = Json.parse("{ \"b\" : [1, true, null], \"a\" : \"\\u00e9\\n\\u0001\\/\\\"\" , \"A\": {} }");

        assertThat(CanonicalJson.of(json)).isEqualTo("{\"A\":{},\"a\":\"é\\n\\u0001/\\\"\",\"b\":[1,true,null]}");
    }

    @Test
    void equalNumbersHaveOneSpelling() {
        for (var spelling : List.of("1", "1.0", "1e0", "10e-1", "1.000")) {
            assertThat(CanonicalJson.of(Json.parse(spelling))).isEqualTo("1");
        }
        assertThat(CanonicalJson.of(Json.parse("-0.0"))).isEqualTo("0");
        assertThat(CanonicalJson.of(Json.parse("1e3"))).isEqualTo("1000");
    }

    @Test
    void noDigitIsLost() {
        var digits = "0.1234567890123456789012345678901234567891";

        assertThat(CanonicalJson.of(Json.parse(digits))).isEqualTo(digits);
        assertThat(CanonicalJson.of(Json.parse("9007199254740993"))).isEqualTo("9007199254740993");
    }

    @Property
    void theOrderOfNamesDoesNotMatter(@ForAll Map<String, Integer> values) {
        var forth = Json.object();
        new TreeMap<>(values).forEach(forth::put);
        var back = Json.object();
        new TreeMap<>(values).descendingMap().forEach(back::put);

        assertThat(CanonicalJson.of(forth)).isEqualTo(CanonicalJson.of(back));
    }

    @Property
    void numbersKeepTheirValue(@ForAll BigDecimal number) {
        assertThat(new BigDecimal(CanonicalJson.of(Json.parse(number.toString())))).isEqualByComparingTo(number);
    }

    @Property
    void differentTextsStayDifferent(@ForAll String one, @ForAll String other) {
        var first = CanonicalJson.of(Json.object().put("text", one));
        var second = CanonicalJson.of(Json.object().put("text", other));

        assertThat(first.equals(second)).isEqualTo(one.equals(other));
    }
}
