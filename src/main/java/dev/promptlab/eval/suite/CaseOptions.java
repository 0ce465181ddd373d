package dev.promptlab.eval.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// How a case is run, from `options` of the test and the default test.
///
/// @param prefix stands before every prompt
/// @param suffix stands after every prompt
/// @param transform inline JavaScript that every output goes through before it is graded
/// @param storeOutputAs the variable that later cases find the output in
/// @param conversation cases with the same one share `_conversation`; null = all of an arm do
/// @param providerOutput the answer itself, instead of a call
/// @param judge provider for model-graded assertions that name none
/// @param other the remaining options as written, `factuality` weights among them
public record CaseOptions(
        String prefix,
        String suffix,
        @Nullable String transform,
        @Nullable String storeOutputAs,
        @Nullable String conversation,
        @Nullable JsonNode providerOutput,
        @Nullable JsonNode judge,
        ObjectNode other) {}
