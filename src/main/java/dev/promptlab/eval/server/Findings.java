package dev.promptlab.eval.server;

import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.gate.CaseRule;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// What re-runs have shown, in the column `findings`.
final class Findings {
    private Findings() {}

    static ArrayNode json(List<CaseFinding> findings) {
        var array = Json.array();
        findings.forEach(each -> array.addObject().put("key", each.caseId()).put("kind", each.kind().word())
                .put("pairs", each.reruns().pairs()).put("baselinePassed", each.reruns().baselinePassed())
                .put("candidatePassed", each.reruns().candidatePassed()).put("improved", each.improved()));
        return array;
    }

    static List<CaseFinding> read(@Nullable JsonNode json) {
        return json == null ? List.of() : json.valueStream().map(each -> new CaseFinding(each.path("key").asText(),
                CaseRule.Kind.valueOf(each.path("kind").asText().toUpperCase(Locale.ROOT)),
                new CaseRule.Reruns(each.path("pairs").asInt(), each.path("baselinePassed").asInt(),
                        each.path("candidatePassed").asInt()),
                each.path("improved").asBoolean())).toList();
    }
}
