package dev.promptlab.template.language;

import com.fasterxml.jackson.databind.JsonNode;

/// Bounds the work and the output of one rendering; several templates that make one prompt share one. Not thread-safe.
public final class Budget {
    /// One step is one node of a template evaluated, or about 16 characters of a value worked on.
    static final int MAX_STEPS = 1_000_000;
    /// In UTF-16 units; also the bound of each value in between.
    static final int MAX_OUTPUT = 1 << 20;

    private static final int CHARACTERS_PER_STEP = 16;

    private int steps;
    private int output;

    void step() {
        spend(1);
    }

    /// Work in proportion to a text; refuses one that is larger than any output may be.
    void text(long length) {
        checkSize(length);
        spend((int) length / CHARACTERS_PER_STEP + 1);
    }

    /// Refuses a text that is larger than any output may be.
    static void checkSize(long length) {
        if (length > MAX_OUTPUT) {
            throw new Refused("a value grows larger than " + MAX_OUTPUT + " characters");
        }
    }

    /// Work in proportion to a whole value.
    void value(JsonNode node) {
        if (node.isTextual()) {
            spend(node.textValue().length() / CHARACTERS_PER_STEP + 1);
        } else {
            step();
            node.forEach(this::value);
        }
    }

    void output(int length) {
        if (length > MAX_OUTPUT - output) {
            throw new Refused("the rendered prompt is larger than " + MAX_OUTPUT + " characters");
        }
        output += length;
    }

    private void spend(int amount) {
        steps += amount;
        if (steps > MAX_STEPS) {
            throw new Refused("the template takes more than " + MAX_STEPS + " steps; loop over less");
        }
    }
}
