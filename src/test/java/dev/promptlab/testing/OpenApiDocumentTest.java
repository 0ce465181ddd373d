package dev.promptlab.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.ApiDocs;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What a hand-written document gets wrong easily.
class OpenApiDocumentTest {
    private final ApiContract contract = ApiContract.product();
    private final JsonNode document = contract.document();

    @Test
    void everyReferencePointsToSomething() {
        assertThat(references(document)).allSatisfy(ref -> {
            assertThat(ref).startsWith("#/");
            assertThat(document.at(ref.substring(1)).isMissingNode()).as(ref).isFalse();
        });
    }

    @Test
    void everyComponentIsUsed() {
        var used = new TreeSet<>(references(document));
        document.get("security").forEach(way -> way.fieldNames()
                .forEachRemaining(name -> used.add("#/components/securitySchemes/" + name)));
        var defined = new TreeSet<String>();
        document.get("components").properties().forEach(kind -> kind.getValue().fieldNames()
                .forEachRemaining(name -> defined.add("#/components/" + kind.getKey() + "/" + name)));
        assertThat(used).containsAll(defined);
    }

    @Test
    void everyExampleFitsItsSchema() {
        var checked = new ArrayList<String>();
        document.findParents("schema").forEach(media -> {
            examples(media).forEach(example -> {
                assertThat(contract.problem(media.get("schema"), example.toString())).as(example.toString()).isEmpty();
                checked.add(example.toString());
            });
        });
        assertThat(checked).hasSizeGreaterThan(15);
    }

    @Test
    void everyOperationHasANameOfItsOwnASummaryAndAllItsPathParameters() {
        var ids = new ArrayList<String>();
        document.get("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(entry -> !entry.getKey().equals("parameters")).forEach(entry -> {
                    var operation = entry.getValue();
                    ids.add(operation.get("operationId").textValue());
                    assertThat(operation.get("summary").textValue()).isNotBlank();
                    assertThat(parameters(path.getValue(), operation)).as(path.getKey())
                            .containsAll(namesInBraces(path.getKey()));
                }));
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void everyAnswerSaysThatItCarriesARequestId() {
        var answers = new ArrayList<JsonNode>(document.at("/components/responses").valueStream().toList());
        document.get("paths").findValues("responses").forEach(responses -> responses.valueStream()
                .filter(answer -> !answer.has("$ref")).forEach(answers::add));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.at("/headers/X-Request-Id/$ref").textValue())
                .isEqualTo("#/components/headers/XRequestId"));
    }

    @Test
    void everyObjectOfAnAnswerIsClosedOrSaysThatItIsOpen() {
        var undecided = new TreeSet<String>();
        document.at("/components/schemas").properties().forEach(schema -> schema.getValue().findParents("type")
                .stream().filter(node -> node.get("type").toString().contains("\"object\""))
                .filter(node -> !node.has("additionalProperties")).forEach(_ -> undecided.add(schema.getKey())));
        assertThat(undecided).as("the parts of composed objects, which unevaluatedProperties closes").containsExactly(
                "EvalRunDetail", "EvalRunFields", "EvalSuiteDetail", "EvalSuiteFields", "EvalSuiteVersionDetail",
                "EvalSuiteVersionFields", "Job", "JobFields");
    }

    @Test
    void documentsThePagesThatServeIt() {
        var paths = new TreeSet<String>();
        ApiDocs.routes().forEach(route -> paths.add(route.path()));
        assertThat(document.get("paths").properties().stream().map(java.util.Map.Entry::getKey)).containsAll(paths);
    }

    private static List<String> references(JsonNode node) {
        return node.findValuesAsText("$ref");
    }

    private List<JsonNode> examples(JsonNode media) {
        var examples = new ArrayList<JsonNode>();
        if (media.has("example")) {
            examples.add(media.get("example"));
        }
        media.path("examples").forEach(example -> examples.add((example.has("$ref")
                ? document.at(example.get("$ref").textValue().substring(1))
                : example).get("value")));
        return examples;
    }

    private List<String> parameters(JsonNode path, JsonNode operation) {
        var all = new ArrayList<JsonNode>();
        path.path("parameters").forEach(all::add);
        operation.path("parameters").forEach(all::add);
        return all.stream().map(parameter -> parameter.has("$ref")
                ? document.at(parameter.get("$ref").textValue().substring(1))
                : parameter).map(parameter -> parameter.get("name").textValue()).toList();
    }

    private static List<String> namesInBraces(String path) {
        return Pattern.compile("\\{(\\w+)\\}").matcher(path).results().map(match -> match.group(1)).toList();
    }
}
