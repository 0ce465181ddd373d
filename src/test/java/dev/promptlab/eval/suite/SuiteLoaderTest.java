package dev.promptlab.eval.suite;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.promptlab.eval.assertion.AssertionType;
import dev.promptlab.eval.assertion.Sandbox;
import dev.promptlab.provider.Message;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class SuiteLoaderTest {
    private static final Sandbox SANDBOX = new Sandbox();
    private static final LoadOptions OPTIONS = new LoadOptions(false, Set.of("openai", "anthropic"), PromptSource.NONE,
            SANDBOX);

    @TempDir
    Path folder;

    @AfterAll
    static void close() {
        SANDBOX.close();
    }

    @Test
    void theMatrixIsTestsByArms() throws Exception {
        var suite = load("""
                description: greetings
                prompts: ['Hello {{name}}', 'Hi {{name}}']
                providers: [openai:gpt-4o-mini, {id: 'anthropic:messages:claude-3-haiku-20240307', label: haiku,
                  config: {max_tokens: 100, temperature: 0, apiKey: x}}]
                defaultTest:
                  vars: {tone: kind}
                  assert: [{type: icontains, value: h}]
                tests:
                  - vars: {name: Ada}
                    assert: [{type: not-contains, value: '{{tone}}', weight: 2, metric: words}]
                  - description: only one
                    vars: {name: Bob}
                    providers: [haiku]
                    prompts: ['Hi*']
                """);
        assertThat(suite.description()).isEqualTo("greetings");
        assertThat(suite.arms()).extracting(Arm::id).containsExactly("openai:gpt-4o-mini / Hello {{name}}",
                "openai:gpt-4o-mini / Hi {{name}}", "haiku / Hello {{name}}", "haiku / Hi {{name}}");
        assertThat(suite.arms().getLast()).returns("anthropic", Arm::provider)
                .returns("claude-3-haiku-20240307", Arm::model)
                .returns(Json.parse("{\"maxTokens\":100,\"temperature\":0}"), Arm::params);
        assertThat(suite.cases().getFirst().arms()).hasSize(4);
        assertThat(suite.cases().getFirst().assertions()).extracting(Object::toString).hasSize(2);
        assertThat(suite.cases().getFirst().vars()).isEqualTo(Json.parse("{\"tone\":\"kind\",\"name\":\"Ada\"}"));
        assertThat(suite.cases().getLast().arms()).extracting(Arm::id).containsExactly("haiku / Hi {{name}}");
        assertThat(suite.cells()).isEqualTo(5);
    }

    @Test
    void listsOfTextsSpreadOutAndVariablesUseVariables() throws Exception {
        var suite = load(
                """
                        prompts: ['{{text}}']
                        providers: echo
                        tests:
                          - vars: {city: [Rome, Oslo], size: [big, small], text: '{{size}} {{city}} {{ missing }}', list: [1, 2]}
                        """);
        assertThat(suite.cases())
                .extracting(each -> each.vars().path("city").asText() + each.vars().path("size").asText())
                .containsExactly("Romebig", "Romesmall", "Oslobig", "Oslosmall");
        assertThat(suite.cases().getFirst().vars().path("list")).isEqualTo(Json.parse("[1,2]"));
        assertThat(suite.cases().getFirst().vars().path("text").asText()).isEqualTo("{{size}} {{city}} {{ missing }}");
        assertThat(suite.arms().getFirst()).returns("mock", Arm::provider).returns("echo", Arm::model);
    }

    @Test
    void aVariableInAVariableIsFilledOnce() throws Exception {
        var suite = load("""
                prompts: ['{{a}}']
                providers: echo
                tests: [{vars: {a: 'x {{b}}', b: 'y {{c}}', c: 'z', loop: '{{loop}}'}}]
                """);
        assertThat(suite.cases().getFirst().vars())
                .isEqualTo(Json.parse("{\"a\":\"x y z\",\"b\":\"y z\",\"c\":\"z\",\"loop\":\"{{loop}}\"}"));
    }

    @Test
    void promptsComeFromFilesOfManyKinds() throws Exception {
        write("two.txt", "First {{x}}\n---\nSecond {{x}}\n");
        write("chat.json",
                "[{\"role\":\"system\",\"content\":\"Be {{x}}\"},{\"role\":\"user\",\"content\":\"{{x}}!\"}]");
        write("chat.yaml", "- role: user\n  content: '{{x}}?'\n");
        var suite = load("""
                prompts: [file://two.txt, 'chat.*', {raw: 'Labelled {{x}}', label: mine}]
                providers: [{id: echo, prompts: [mine, 'chat.json*']}, {id: 'mock:lorem', prompts: ['two*']}]
                tests: [{vars: {x: "a \\"b\\""}}]
                """.replace("'chat.*'", "'file://chat.*'"));
        assertThat(suite.arms()).hasSize(4);
        assertThat(suite.arms()).filteredOn(arm -> arm.prompt().label().startsWith("chat.json")).singleElement()
                .satisfies(arm -> assertThat(messages(suite, arm)).containsExactly(new Message("system", "Be a \"b\""),
                        new Message("user", "a \"b\"!")));
        assertThat(suite.arms()).filteredOn(arm -> arm.prompt().label().startsWith("two")).hasSize(2).first()
                .satisfies(
                        arm -> assertThat(messages(suite, arm)).containsExactly(new Message("user", "First a \"b\"")));
    }

    @Test
    void textThatFillsToMessagesIsAChat() throws Exception {
        write("history.json",
                """
                        [{% for turn in turns %}{% for role, said in turn %}{"role": "{{ role }}", "content": {{ said | dump }}},{% endfor %}{% endfor %}
                          {"role": "user", "content": {{ question | dump }}}]
                        """);
        var suite = load("""
                prompts: [file://history.json, "- role: user\\n  content: {{question}}"]
                providers: echo
                tests: [{vars: {turns: [{user: a}, {assistant: 'b "c"'}], question: d}}]
                """);
        assertThat(messages(suite, suite.arms().getFirst())).containsExactly(new Message("user", "a"),
                new Message("assistant", "b \"c\""), new Message("user", "d"));
        assertThat(messages(suite, suite.arms().getLast())).containsExactly(new Message("user", "d"));
    }

    @Test
    void rowsOfCsvAreTests() throws Exception {
        write("cases.csv",
                "﻿name,__expected,__expected2,__metric,__threshold,__metadata:tags[],__description,__prefix\r\n"
                        + "\"Ada, \"\"A\"\"\",\"contains-any:a,b\",levenshtein(3):x,words,0.5,\"x,y\",first,Please \r\n"
                        + "Bob,plain text,,,,,,\r\n\r\n");
        var suite = load("prompts: ['{{name}}']\nproviders: echo\ntests: file://cases.csv\n");
        var first = suite.cases().getFirst();
        assertThat(first.vars().path("name").asText()).isEqualTo("Ada, \"A\"");
        assertThat(first.assertions()).extracting(spec -> spec.type()).containsExactly(AssertionType.CONTAINS_ANY,
                AssertionType.LEVENSHTEIN);
        assertThat(first.assertions().get(1).threshold()).isEqualTo(3);
        assertThat(first.assertions().get(1).metric()).isEqualTo("words");
        assertThat(first.threshold()).isEqualTo(0.5);
        assertThat(first.tags()).containsExactly("x", "y");
        assertThat(first.options().prefix()).isEqualTo("Please ");
        assertThat(first.description()).isEqualTo("first");
        assertThat(suite.cases().getLast().assertions()).singleElement()
                .satisfies(spec -> assertThat(spec.value().asText()).isEqualTo("plain text"));
        assertThat(first.place()).isEqualTo("cases.csv:2:1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "contains:abc | contains | abc |", "not-contains-json | not-contains-json | |",
            "similar(0.9):a b | similar | a b | 0.9", "similar:x | similar | x | 0.75", "cost(0.01) | cost | | 0.01",
            "javascript: output > 1 | javascript | output > 1 |", "fn:true | javascript | true |",
            "grade: is kind | llm-rubric | is kind |", "word-count: 5 | word-count | 5 |",
            "containing: x | equals | containing: x |",
            "rouge-n(0.5): a | rouge-n | a | 0.5", "is-json:{\"type\":\"object\"} | is-json | {\"type\":\"object\"} |"})
    void expectedColumnsHaveAGrammar(String text, String type, String value, Double threshold) {
        var read = Expected.read(text, Place.start("x"));
        assertThat(read.get("type").json().asText()).isEqualTo(type);
        assertThat(read.get("value").json().asText()).isEqualTo(value == null ? "" : value);
        assertThat(read.has("threshold") ? read.get("threshold").json().doubleValue() : null).isEqualTo(threshold);
    }

    @Test
    void testsComeFromJsonLinesJsonYamlAndPatterns() throws Exception {
        write("data/a.jsonl", "{\"vars\":{\"x\":\"1\"}}\n\n{\"vars\":{\"x\":\"2\"},\"id\":\"two\"}\n");
        write("data/b.json", "[{\"vars\":{\"x\":\"3\"}}]");
        write("data/c.yaml", "vars: {x: '4'}\n");
        var suite = load("prompts: ['{{x}}']\nproviders: echo\ntests: ['file://data/*']\n");
        assertThat(suite.cases()).extracting(each -> each.vars().path("x").asText()).containsExactly("1", "2", "3",
                "4");
        assertThat(suite.cases().get(1).id()).isEqualTo("two");
        assertThat(suite.cases().get(1).place()).isEqualTo("data/a.jsonl:3:1");
    }

    @Test
    void scenariosAreConfigsByTests() throws Exception {
        var suite = load("""
                prompts: ['{{x}} {{y}}']
                providers: echo
                defaultTest: {assert: [{type: contains, value: a}]}
                scenarios:
                  - config: [{vars: {x: '1'}, assert: [{type: contains, value: b}]}, {vars: {x: '2'}}]
                    tests: [{vars: {y: '3'}, assert: [{type: contains, value: c}]}, {vars: {y: '4'}}]
                """);
        assertThat(suite.cases()).extracting(each -> each.vars().path("x").asText() + each.vars().path("y").asText())
                .containsExactly("13", "14", "23", "24");
        assertThat(suite.cases().getFirst().assertions()).extracting(spec -> spec.value().asText()).containsExactly("a",
                "b", "c");
        assertThat(suite.cases().getFirst().options().conversation()).isEqualTo("__scenario_0__");
        assertThat(suite.cases().getLast().options().conversation()).isEqualTo("__scenario_1__");
    }

    @Test
    void variablesComeFromFiles() throws Exception {
        write("a.txt", " text \n");
        write("b.yaml", "k: [1, yes]\n");
        write("vars.yaml", "one: '1'\ntwo: '2'\n");
        var suite = load("""
                prompts: ['{{x}}']
                providers: echo
                tests: [{vars: {x: file://a.txt, y: file://b.yaml}}, {vars: file://vars.yaml}]
                """);
        assertThat(suite.cases().getFirst().vars())
                .isEqualTo(Json.parse("{\"x\":\"text\",\"y\":\"{\\\"k\\\":[1,\\\"yes\\\"]}\"}"));
        assertThat(suite.cases().getLast().vars()).isEqualTo(Json.parse("{\"one\":\"1\",\"two\":\"2\"}"));
    }

    @Test
    void theOwnKeyIsRead() throws Exception {
        var suite = load("""
                prompts: ['{{x}}']
                providers: [gpt-four, 'bedrock:haiku']
                promptlab:
                  baseline: production
                  models: {gpt-four: 'openai:gpt-4o', '*': {provider: mock, model: echo, params: {latencyMs: 5}}}
                  gate: {margin: 0.05, minPassRate: 0.9}
                  repeats: 3
                  cluster: topic
                  tags: [nightly]
                  budget: {usd: 1.5, calls: 500}
                  judge: {model: 'openai:gpt-4o', votes: 3}
                tests: [{vars: {x: '1', topic: t}, must: true, tags: [smoke]}]
                derivedMetrics: [{name: f, value: '2 * a / (a + b)'}]
                """);
        assertThat(suite.settings()).returns("production", Settings::baseline).returns(3, Settings::votes)
                .returns(500L, Settings::maxCalls).returns("openai:gpt-4o", Settings::judgeModel)
                .returns(true, Settings::strictVars);
        assertThat(suite.arms().getFirst().provider()).isEqualTo("openai");
        assertThat(suite.arms().getLast().params()).isEqualTo(Json.parse("{\"latencyMs\":5}"));
        assertThat(suite.cases().getFirst()).returns(3, Case::repeats).returns("t", Case::cluster)
                .returns(true, Case::must).returns(List.of("nightly", "smoke"), Case::tags);
        assertThat(suite.derivedMetrics()).hasSize(1);
    }

    @Test
    void identityOutlivesOrderAndSpelling() throws Exception {
        var one = load("prompts: ['{{a}}']\nproviders: echo\ntests: [{vars: {a: '1', b: 2}}, {vars: {a: '2'}}]\n");
        var other = load("prompts: ['{{a}}']\nproviders: echo\ntests: [{vars: {a: '2'}}, {vars: {b: 2.0, a: '1'}}]\n");
        assertThat(one.cases().get(0).id()).isEqualTo(other.cases().get(1).id()).hasSize(64);
        assertThat(one.cases().get(1).id()).isEqualTo(other.cases().get(0).id());
    }

    @Test
    void everythingWrongIsReportedAtOnceWithItsPlaceAndTheNearestName() {
        var problems = problems("""
                prompts: ['Hello {{nam}}', '{% if %}']
                providers: [opnai:gpt-4o, python:x.py]
                promptlab:
                  repeets: 3
                  gate: {margn: 1}
                tests:
                  - vars: {name: Ada}
                    assert:
                      - type: contain
                        value: x
                      - type: regex
                        value: '(?=x)'
                      - type: latency
                      - type: javascript
                        value: 'class A {}'
                      - type: python
                        value: x
                      - {type: contains, value: x, treshold: 1}
                      - {type: is-json, value: {type: nonsense}}
                      - {type: javascript, value: file://x.js}
                """);
        assertThat(problems).contains("suite.eval.yaml:4:3: unknown key \"repeets\"; did you mean \"repeats\"?",
                "suite.eval.yaml:5:10: unknown key \"margn\"; did you mean \"margin\"?",
                "suite.eval.yaml:9:15: unknown assertion type \"contain\"; did you mean \"contains\"?",
                "suite.eval.yaml:13:9: \"latency\" needs a threshold");
        assertThat(String.join("\n", problems)).contains("unknown provider \"opnai:gpt-4o\"; did you mean \"openai\"?",
                "the prompt is no template", "unknown key \"treshold\"; did you mean \"threshold\"?",
                "12:16: the expression cannot be used", "15:16: the script cannot be run", "runs Python",
                "script files are not run");
    }

    @Test
    void undefinedVariablesAreProblemsInStrictMode() {
        var problems = problems("""
                promptlab: {strictVars: true}
                prompts: ['Hello {{nmae}}']
                providers: echo
                tests:
                  - vars: {name: Ada}
                    assert: [{type: contains, value: '{{nome}}'}]
                """);
        assertThat(problems)
                .anyMatch(each -> each.startsWith("suite.eval.yaml:5:5:") && each.contains("undefined: nmae")
                        && each.contains("did you mean \"name\"?"))
                .anyMatch(each -> each.contains("undefined: nome"));
    }

    @Test
    void storedOutputsAreKnownLater() throws Exception {
        var suite = load("""
                promptlab: {}
                prompts: ['{{x}} {{answer}}']
                providers: echo
                tests: [{vars: {x: '1', answer: ''}, options: {storeOutputAs: answer}}, {vars: {x: '2'}}]
                """);
        assertThat(suite.serial()).isTrue();
    }

    @Test
    void badFilesAreNamedAtOnce() throws Exception {
        Files.write(folder.resolve("latin.csv"), "a,b\nx,\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(folder.resolve("wide.csv"), "a,b\n".getBytes(StandardCharsets.UTF_16));
        write("quote.csv", "a,b\n1,\"never closed\n2,3\n");
        write("ragged.csv", "a,b\n1\n");
        write("bad.jsonl", "{\"vars\":{}}\n{\"vars\": oops}\n");
        try (var endless = Files.newBufferedWriter(folder.resolve("endless.csv"))) {
            endless.write("a,b\n1,");
            var chunk = "x".repeat(1 << 20);
            for (int i = 0; i < 8; i++) {
                endless.write(chunk);
            }
        }
        var problems = problems("""
                prompts: ['{{a}}']
                providers: echo
                tests: [file://latin.csv, file://wide.csv, file://quote.csv, file://ragged.csv, file://bad.jsonl,
                  file://endless.csv, file://missing.csv, 'https://example.com/x.csv']
                """);
        assertThat(String.join("\n", problems)).contains("latin.csv:2:3: the byte E9 is no UTF-8",
                "wide.csv:1:1: is UTF-16", "quote.csv:2:3: this quote is never closed",
                "ragged.csv:2:1: has 1 fields, the first line names 2", "bad.jsonl:2:",
                "endless.csv:2:1: the line is longer than 4 MiB", "there is no file missing.csv", "nothing is fetched");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tests: file://big.csv", "tests: file://big.jsonl", "tests: file://big.json",
            "tests: file://big.yaml",
            "tests: [{vars: {a: file://big.txt}}]", "prompts: [file://big.txt]", "prompts: [file://big.csv]"})
    void tenGigabytesInALineCostNothing(String reference) throws Exception {
        for (var ending : List.of("csv", "jsonl", "json", "yaml", "txt")) {
            try (var big = new RandomAccessFile(folder.resolve("big." + ending).toFile(), "rw")) {
                big.setLength(10L << 30); // takes no room: zeros are not stored
            }
        }
        var started = System.nanoTime();
        var problems = problems(
                (reference.startsWith("prompts") ? "" : "prompts: ['{{a}}']\n") + "providers: echo\n" + reference);
        assertThat(problems).hasSize(1).first().asString().containsPattern("longer than 4 MiB|larger than 64 MiB");
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aByteOrderMarkIsPassedOver() throws Exception {
        Files.write(folder.resolve("bom.csv"), "\uFEFFa,__expected\nx,contains:x\n".getBytes(StandardCharsets.UTF_8));
        assertThat(load("""
                prompts: ['{{a}}']
                providers: echo
                tests: file://bom.csv
                """).cases().getFirst().vars().path("a").asText()).isEqualTo("x");
    }

    @Test
    void aliasesCannotGrowWithoutEnd() {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [").append(("*a" + (i - 1) + ", ").repeat(9))
                    .append("*a").append(i - 1).append("]\n");
        }
        assertThat(problems(bomb.toString())).singleElement().asString().contains("is too large");
    }

    @Test
    void referencesInsideOfTheFileAreFollowed() throws Exception {
        var suite = load("""
                prompts: ['{{x}}']
                providers: echo
                assertionTemplates: {polite: {type: icontains, value: please}}
                tests: [{vars: {x: '1'}, assert: [{$ref: '#/assertionTemplates/polite'}]}]
                """);
        assertThat(suite.cases().getFirst().assertions()).singleElement()
                .satisfies(spec -> assertThat(spec.type()).isEqualTo(AssertionType.ICONTAINS));
    }

    @Test
    void scriptFilesRunOnlyWhenTheyMay() throws Exception {
        write("check.js", "module.exports = (output, context) => output.length > 2;\n");
        var text = "prompts: ['{{x}}']\nproviders: echo\ntests: [{vars: {x: '1'}, assert: [{type: javascript, value: file://check.js}]}]\n";
        var allowed = new LoadOptions(true, Set.of(), PromptSource.NONE, SANDBOX);
        var suite = SuiteLoader.load(write("suite.eval.yaml", text), allowed);
        assertThat(suite.cases().getFirst().assertions().getFirst().value().asText()).contains("module.exports");
        assertThat(problems(text)).singleElement().asString().contains("--allow-exec");
    }

    @Test
    void aSuiteWithoutAFolderReadsNoFiles() {
        var text = "prompts: [file:///etc/passwd]\nproviders: echo\n";
        var refused = catchThrowableOfType(SuiteException.class, () -> SuiteLoader.parse("suite", text, OPTIONS));
        assertThat(refused.problems()).extracting(Problem::message)
                .anyMatch(message -> message.contains("files cannot be read here"));
    }

    @Test
    void variablesCanBeChangedByAScript() throws Exception {
        var suite = load("""
                prompts: ['{{x}}']
                providers: echo
                tests: [{vars: {x: abc}, options: {transformVars: '({x: vars.x.toUpperCase()})'}}]
                """);
        assertThat(suite.cases().getFirst().vars()).isEqualTo(Json.parse("{\"x\":\"ABC\"}"));
    }

    private static List<Message> messages(Suite suite, Arm arm) throws UnfilledException {
        return arm.prompt().messages(suite.cases().getFirst().vars(), suite.cases().getFirst().options(), true);
    }

    private Suite load(String yaml) throws Exception {
        return SuiteLoader.load(write("suite.eval.yaml", yaml), OPTIONS);
    }

    private List<String> problems(String yaml) {
        var thrown = catchThrowableOfType(SuiteException.class, () -> load(yaml));
        assertThat(thrown).isNotNull();
        return thrown.problems().stream().map(problem -> problem.toString().replace(folder + "/", "")).toList();
    }

    private Path write(String name, String text) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
