package dev.promptlab.eval.suite;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// One variant: a prompt on a model.
///
/// @param id `provider label` and `prompt label` with ` / ` between; unique in a suite
/// @param provider the product's name of a provider: `openai`, `anthropic`, `mock`, or a configured endpoint
/// @param params as a job's params
public record Arm(String id, Prompt prompt, String providerLabel, String provider, String model, ObjectNode params) {}
