package dev.promptlab.template.language;

import java.math.BigDecimal;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TemplateTextTest {
    private static final ObjectNode VARIABLES = Json.parseObject("""
            {"name": "Ada", "user": {"name": "Bob", "a b": 1, "tags": ["x", "y"]}, "items": [1, 2.50, "three"],
             "yes": true, "no": false, "nothing": null, "empty": "", "none_left": [], "price": 12.345, "big": 12300,
             "prices": {"tea": 2, "cake": 3.10}, "text": "one\\ntwo\\n\\nthree", "smile": "😀b"}""");

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
            "Hello {{ name }}! ~ Hello Ada!",
            "{{ user.name }}{{ user['name'] }}{{ user[\"a b\"] }} ~ BobBob1",
            "{{ items[0] }} {{ items[-1] }} {{ user.tags[1] }} ~ 1 three y",
            "{{ items }} {{ user.tags }} ~ [1,2.50,\"three\"] [\"x\",\"y\"]",
            "{{ yes }} {{ no }} [{{ nothing }}] {{ price }} ~ true false [] 12.345",
            "{{ 'it\\'s' }} {{ \"a\\tb\" }} {{ 1.50 }} {{ -3 }} {{ true }} ~ it's a\tb 1.50 -3 true",
            "{# not shown #}a{#- nor this -#} b ~ ab",
            "{% raw %}{{ name }} {% if %}{% endraw %} ~ {{ name }} {% if %}",
            "a  {{- name -}}  b ~ aAdab",
            "a {%- if yes -%} b {%- endif -%} c ~ abc",
            "a {%- raw -%} b {%- endraw -%} c ~ abc",
            "{ } }} %} #} ~ { } }} %} #}"})
    void printsValuesAsTheyAre(String template, String expected) {
        assertThat(render(template)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
            "{{ x | default('d') }}{{ x.y[0].z | default('e') }}{{ name | default('f') }} ~ deAda",
            "{{ empty | default('d') }}|{{ empty | default('d', true) }}|{{ x | default }} ~ |d|",
            "{{ x | default(y) | default('z') }} ~ z",
            "{{ user.tags | dump }} {{ name | tojson }} {{ nothing | tojson }} ~ [\"x\",\"y\"] \"Ada\" null",
            "{{ name | upper }}{{ name | lower }}{{ '  a ' | trim }} ~ ADAadaa",
            "{{ user.tags | join }} {{ items | join(', ') }} ~ xy 1, 2.50, three",
            "{{ name | length }} {{ items | length }} {{ user | length }} {{ smile | length }} ~ 3 3 3 2",
            "{{ 'aDA lOVELACE' | capitalize }}{{ '' | capitalize }} {{ items.length }} {{ smile.length }} ~ Ada lovelace 3 2",
            "{{ 'banana' | replace('a', 'o') }} {{ 'banana' | replace('a', 'o', 2) }} ~ bonono bonona",
            "{{ items | first }} {{ items | last }} {{ smile | first }} {{ name | last }} ~ 1 three 😀 a",
            "{{ price | round }} {{ price | round(2) }} {{ 3.999 | round(2) }} {{ big | round(2) }} ~ 12 12.35 4 12300",
            "{{ name | upper | lower | replace('a', 'o') }} ~ odo"})
    void filtersValues(String template, String expected) {
        assertThat(render(template)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {"yes ~ y", "no ~ n", "nothing ~ n", "empty ~ n",
            "none_left ~ n", "0 ~ n", "0.00 ~ n", "'0' ~ y", "user ~ y", "not no ~ y", "not not yes ~ y",
            "yes and no ~ n", "no or yes ~ y", "no and no or yes ~ y", "yes or yes and no ~ y", "not no and yes ~ y",
            "items[0] == 1.0 ~ y", "name == 'Ada' ~ y", "name != 'Ada' ~ n", "1 == true ~ n", "'1' == 1 ~ n",
            "nothing == none ~ y", "2 < 10 ~ y", "'2' < '10' ~ n", "2 <= 2 ~ y", "3 > 2 ~ y", "2 >= 3 ~ n",
            "user.tags == ['x', 'y'] ~ y", "'x' in user.tags ~ y", "'z' not in user.tags ~ y", "'tea' in prices ~ y",
            "'da' in name ~ y", "2.5 in items ~ y", "name in ['Ada', 'Bob'] ~ y", "not name in ['Ada'] ~ n",
            "x is defined ~ n", "x is not defined ~ y", "nothing is defined ~ y", "user.x.y is defined ~ n",
            "not x is defined ~ y", "(yes or no) and no ~ n", "name | length > 2 ~ y", "name|lower == 'ada' ~ y"})
    void decidesLikeJinja(String condition, String expected) {
        assertThat(render("{% if " + condition + " %}y{% else %}n{% endif %}")).isEqualTo(expected);
    }

    @Test
    void takesTheFirstBranchThatHolds() {
        var template = "{% if a == 1 %}one{% elif a == 2 %}two{% elif a == 2 %}again{% else %}many{% endif %}";
        assertThat(render(template, "{\"a\": 1}")).isEqualTo("one");
        assertThat(render(template, "{\"a\": 2}")).isEqualTo("two");
        assertThat(render(template, "{\"a\": 3}")).isEqualTo("many");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
            "{% for i in items %}{{ loop.index }}/{{ loop.length }}:{{ i }} {% endfor %}. ~ 1/3:1 2/3:2.50 3/3:three .",
            "{% for i in items %}{{ loop.index0 }}{% if not loop.last %},{% endif %}{% endfor %} ~ 0,1,2",
            "{% for i in items %}{% if loop.first %}{{ i }}{% endif %}{% endfor %} ~ 1",
            "{% for i in none_left %}{{ i }}{% else %}none{% endfor %} ~ none",
            "{% for k, v in prices %}{{ k }}={{ v }};{% endfor %} ~ tea=2;cake=3.10;",
            "{% for k in prices %}{{ k }}{{ prices[k] }}{% endfor %} ~ tea2cake3.10",
            "{% for a in user.tags %}{% for a in items %}{{ a }}{% endfor %}{{ a }}{{ loop.index }}{% endfor %} ~ 12.50threex112.50threey2",
            "{% for name in user.tags %}{{ name }}{% endfor %}{{ name }} ~ xyAda"})
    void loops(String template, String expected) {
        assertThat(render(template)).isEqualTo(expected);
    }

    @Test
    void keepsLineEndsAsWritten() {
        assertThat(render("a\r\n{{ name }}\n")).isEqualTo("a\r\nAda\n");
        assertThat(render("{% if yes %}\nb\n{% endif %}\n")).isEqualTo("\nb\n\n");
    }

    @Test
    void indentsLines() {
        assertThat(render("{{ text | indent }}")).isEqualTo("one\n    two\n\n    three");
        assertThat(render("{{ text | indent(2, true) }}")).isEqualTo("  one\n  two\n\n  three");
    }

    @Test
    void printsJsonOverLines() {
        assertThat(
                render("{{ value | dump(2) }}", "{\"value\": {\"a\": [1, 2.0], \"b\": {}, \"c\": {\"d\": \"\\\"\"}}}"))
                .isEqualTo("""
                        {
                          "a": [
                            1,
                            2.0
                          ],
                          "b": {},
                          "c": {
                            "d": "\\""
                          }
                        }""");
    }

    @Test
    void printsNumbersExactlyAsGiven() {
        assertThat(
                render("{{ a }} {{ b }} {{ c }}", "{\"a\": 0.10, \"b\": 1e3, \"c\": 12345678901234567890.123456789}"))
                .isEqualTo("0.10 1000 12345678901234567890.123456789");
    }

    @Test
    void neverReadsValuesAsTemplates() {
        assertThat(render("{{ a }}", "{\"a\": \"{{ b }}{% if %}<b>&\", \"b\": 1}")).isEqualTo("{{ b }}{% if %}<b>&");
    }

    @Test
    void namesEverythingUndefinedWithItsPlace() {
        var rendering = TemplateText.parse("""
                {{ topic }} and {{ user.nmae }}
                {% for item in items %}{{ item.title }}{% endfor %}{{ topic | upper }}{{ list | first }}
                {% if tone == "x" %}{{ neverNeeded }}{% endif %}""").render(Json.parseObject("""
                {"user": {}, "items": [{"title": "a"}, {}], "list": []}"""), new Budget());
        assertThat(rendering.text()).isEqualTo(" and \na\n");
        assertThat(rendering.undefined()).extracting(undefined -> undefined.path() + " " + undefined.position())
                .containsExactly("topic line 1, column 4", "user.nmae line 1, column 24",
                        "items[1].title line 2, column 31", "list|first line 2, column 81", "tone line 3, column 7");
    }

    @Test
    void findsTheVariablesOfATemplate() {
        assertThat(TemplateText.parse("""
                {{ b }}{% for x in list %}{{ x }}{{ loop.index }}{{ a[key] | default(c) }}{% else %}{{ x }}{% endfor %}
                {% if d is defined and d > e %}{{ b }}{% endif %}{% raw %}{{ f }}{% endraw %}""").variables())
                .containsExactly("b", "list", "a", "key", "c", "x", "d", "e");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
            "a\\n{{ name ~ line 2, column 1: \"{{\" is not closed; add }}, or write it as text between {% raw %} and {% endraw %}",
            "{{ }} ~ line 1, column 4: expected a value but found \"}}\"",
            "{{ name | uper }} ~ line 1, column 11: \"uper\" is not a filter; did you mean \"upper\"?; known are default,",
            "{{ name | round(1, 2) }} ~ line 1, column 11: \"round\" takes 0 to 1 arguments, not 2",
            "{{ name | upper(1) }} ~ line 1, column 11: \"upper\" takes no arguments, not 1",
            "😀 {% elsif x %} ~ line 1, column 6: \"elsif\" is not a tag; did you mean \"elif\"?; known are if, for, raw",
            "{% if a %} ~ line 1, column 4: \"if\" is not closed; add {% endif %}",
            "{% for a in b %}{% endif %} ~ line 1, column 20: \"endif\" stands outside of its block",
            "{% for a of b %}{% endfor %} ~ line 1, column 10: expected \"in\" but found \"of\"",
            "{% for not in b %}{% endfor %} ~ line 1, column 8: \"not\" is a word of the language; take another name",
            "{% endif %} ~ line 1, column 4: \"endif\" stands outside of its block",
            "{% if a = 1 %}{% endif %} ~ line 1, column 9: \"=\" is not known here; compare with ==",
            "{{ user-name }} ~ line 1, column 8: \"-\" is not known here; names have letters",
            "{{ a + b }} ~ line 1, column 6: \"+\" is not known here; there is no arithmetic",
            "{{ 'a }} ~ line 1, column 4: this string is not closed; add '",
            "{{ 'a\\q' }} ~ line 1, column 7: unknown escape in a string",
            "{# a ~ line 1, column 1: this comment is not closed; add #}",
            "{% raw %} ~ line 1, column 1: this raw block is not closed; add {% endraw %}",
            "{{ a b }} ~ line 1, column 6: expected }} but found \"b\"",
            "{{ a is none }} ~ line 1, column 9: \"none\" is not a test; known are",
            "{{ a.1 }} ~ line 1, column 6: expected a name after \".\" but found \"1\"",
            "{{ f() }} ~ line 1, column 5: expected }} but found \"(\"",
            "{{ (a }} ~ line 1, column 7: expected \")\" but found \"}}\"",
            "{% for a in b %}{{ loop.idx }}{% endfor %} ~ line 1, column 25: there is no loop.idx"})
    void saysWhereAndWhatIsWrong(String template, String message) {
        assertThatThrownBy(() -> TemplateText.parse(template.replace("\\n", "\n")))
                .isInstanceOf(TemplateSyntaxException.class).hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
            "a {{ name | round }} ~ line 1, column 3: \"round\" needs a number, not a string",
            "{{ name | join }} ~ line 1, column 1: \"join\" needs a list, not a string",
            "{{ 3 | length }} ~ line 1, column 1: \"length\" needs a string, list or object, not a number",
            "{{ price | round(1.5) }} ~ line 1, column 1: \"round\" takes a whole number from 0 to 20, not a number of 1.5",
            "{{ name | replace('', 'x') }} ~ line 1, column 1: \"replace\" needs a text to look for",
            "{% if name < 1 %}{% endif %} ~ line 1, column 4: \"<\" compares two numbers or two strings, not a string with a number",
            "{% if 1 in name %}{% endif %} ~ line 1, column 4: \"in\" looks into a list",
            "{% for x in name %}{% endfor %} ~ line 1, column 4: \"for\" needs a list or an object, not a string",
            "{% for k, v in items %}{% endfor %} ~ line 1, column 4: \"for key, value in\" needs an object, not a list"})
    void saysWhichOperationDoesNotFit(String template, String message) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(RenderException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void printsAThousandObjectsOverLines() {
        var values = Json.object();
        var list = values.putArray("list");
        IntStream.range(0, 2_000).forEach(i -> list.addObject().put("a", i).put("b", i));
        assertThat(render("{{ list | dump(2) }}", values)).hasLineCount(8_002);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ (sought in text) | dump }}", "{{ (text | replace(sought, '') == text) | dump }}"})
    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // two characters at a time, it takes minutes
    void looksForATextInLinearTime(String template) {
        var values = Json.object().put("sought", "x".repeat(200_000) + "y").put("text", "x".repeat(600_000));
        assertThat(render(template, values)).isEqualTo(template.contains("replace") ? "true" : "false");
    }

    @Test
    void boundsSteps() {
        var numbers = Json.object();
        IntStream.range(0, 2000).forEach(numbers.putArray("n")::add);
        assertThatThrownBy(() -> TemplateText
                .parse("{% for a in n %}{% for b in n %}{% if b == a %}.{% endif %}{% endfor %}{% endfor %}")
                .render(numbers, new Budget())).isInstanceOf(RenderException.class).hasMessageContaining("steps");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ a }}{{ a }}{{ a }}", "{{ a | replace('x', a) }}", "{{ [a, a, a] | join }}",
            "{{ [a, a, a] | join | length }}", "{{ b | indent(100) }}", "{{ b | dump(100) }}"})
    void boundsSizes(String template) {
        var values = Json.object().put("a", "x".repeat(400_000)).put("b", "x\n".repeat(20_000));
        IntStream.range(0, 20_000).forEach(values.putArray("list")::add);
        assertThatThrownBy(() -> TemplateText.parse(template.replace("b | dump", "list | dump")).render(values,
                new Budget())).isInstanceOf(RenderException.class).hasMessageContaining("larger than 1048576");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {"{{ <>a<> }} ~ ( ~ )", "{{ a<>0<> }} ~ [ ~ ]",
            "{{ a<> }} ~ .b ~",
            "{{ a<> }} ~ |upper ~", "{{ <>a }} ~ `not ` ~", "{{ a<> }} ~ ` or a` ~", "<><> ~ {% if a %} ~ {% endif %}",
            "{{ a<> }} ~ ` is defined` ~", "{{ [<>] }} ~ `a,` ~", "{{ <>a<> }} ~ [a[ ~ ]]",
            "{{ <>a<> }} ~ a[a.b|default( ~ )]"})
    void boundsDepth(String pattern, String opening, @Nullable String closing) {
        var template = repeat(pattern, opening, closing, 20_000);
        assertThatThrownBy(() -> TemplateText.parse(template)).isInstanceOf(TemplateSyntaxException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {"{{ a<> }} ~ .b ~ ~ 990", "{{ a<> }} ~ |upper ~ ~ 990",
            "{{ a<> }} ~ |default(a) ~ ~ 490", "{{ <>a }} ~ `not ` ~ ~ 990", "{{ <>a<> }} ~ ( ~ ) ~ 48",
            "{{ <>a<> }} ~ b.c|default(b)[ ~ ] ~ 48", "<>{{ a }}<> ~ {% if a is not defined %} ~ {% endif %} ~ 48",
            "<>{{ a }}<> ~ {% for b in [1] %} ~ {% endfor %} ~ 48"})
    void aRequestThreadHasTheStackForTheDeepestTemplate(String pattern, String opening, @Nullable String closing,
            int depth)
            throws Exception {
        var template = repeat(pattern, opening, closing, depth);
        var rendering = new FutureTask<>(() -> TemplateText.parse(template).render(Json.object(), new Budget()));
        Thread.ofVirtual().start(rendering);
        assertThat(rendering.get().undefined()).extracting(Rendering.Undefined::path).containsAnyOf("a", "b");
    }

    @Test
    void refusesToPrintAbsurdNumbers() {
        var values = Json.object().put("a", new BigDecimal("1E+1000000000"));
        assertThatThrownBy(() -> TemplateText.parse("{{ a }}").render(values, new Budget()))
                .isInstanceOf(RenderException.class).hasMessageContaining("too large");
    }

    /// The pattern with `opening` at its first `<>`, and `closing` at a second one.
    private static String repeat(String pattern, String opening, @Nullable String closing, int count) {
        return pattern.replaceFirst("<>", Matcher.quoteReplacement(opening.repeat(count))).replace("<>",
                closing == null ? "" : closing.repeat(count));
    }

    private static String render(String template) {
        return render(template, VARIABLES);
    }

    private static String render(String template, String variables) {
        return render(template, Json.parseObject(variables));
    }

    private static String render(String template, ObjectNode variables) {
        var rendering = TemplateText.parse(template).render(variables, new Budget());
        assertThat(rendering.undefined()).isEmpty();
        return rendering.text();
    }
}
