package dev.promptlab.eval.suite;

import java.util.LinkedHashMap;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.assertion.AssertionSpec;
import org.jspecify.annotations.Nullable;

/// One input with what is asked of the answers.
///
/// @param id the file's `id`, else the SHA-256 of canonical variables and description in hex; unique in a suite, stable between runs
/// @param vars resolved: files read, templates in values filled, `_conversation` and stored outputs not yet
/// @param assertions of the default test first
/// @param threshold the score to pass; null = every assertion must pass
/// @param arms the arms it runs on, of the suite's, in their order
/// @param repeats from 1
/// @param cluster cases with the same cluster are not independent; null = on its own
/// @param must a failure blocks by itself
/// @param place `file:line:column`
public record Case(
        String id,
        String description,
        ObjectNode vars,
        List<AssertionSpec> assertions,
        @Nullable Double threshold,
        CaseOptions options,
        ObjectNode metadata,
        List<Arm> arms,
        int repeats,
        List<String> tags,
        @Nullable String cluster,
        boolean must,
        String place) {

    public Case {
        assertions = List.copyOf(assertions);
        arms = List.copyOf(arms);
        tags = List.copyOf(tags);
    }

    /// The variables with answers to earlier cases; texts that waited for one are filled. The answers themselves are no templates.
    public ObjectNode varsWith(ObjectNode answers) {
        var all = new LinkedHashMap<String, JsonNode>();
        vars.properties().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
        return VarResolver.filled(all, answers);
    }
}
