package dev.promptlab.template;

import java.util.Set;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class TemplateKeysTest {
    @ParameterizedTest
    @CsvSource({"Greet,greet", "'  Crème brûlée, v2! ',creme-brulee-v2", "日本語,template", "a--b__c,a-b-c",
            "---,template"})
    void areDerivedFromNames(String name, String key) {
        assertThat(TemplateKeys.derive(name)).isEqualTo(key);
    }

    @Test
    void getANumberWhenTaken() {
        assertThat(TemplateKeys.free("greet", Set.of("greet-2"))).isEqualTo("greet");
        assertThat(TemplateKeys.free("greet", Set.of("greet", "greet-2", "greet-4"))).isEqualTo("greet-3");
    }

    @Property
    void alwaysHaveTheirForm(@ForAll String name) {
        assertThat(TemplateKeys.derive(name)).matches(TemplateKeys.FORM).hasSizeLessThanOrEqualTo(90);
    }
}
