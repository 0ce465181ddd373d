package dev.promptlab.eval.assertion;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The types of assertions, with what the value of each may be. docs/evaluations.md says what they do.
public enum AssertionType {
    EQUALS(Value.ANY), CONTAINS(Value.TEXT_OR_NUMBER), ICONTAINS(Value.TEXT_OR_NUMBER), CONTAINS_ANY(Value.LIST),
    CONTAINS_ALL(Value.LIST), ICONTAINS_ANY(Value.LIST), ICONTAINS_ALL(Value.LIST), STARTS_WITH(Value.TEXT),
    REGEX(Value.TEXT), IS_JSON(Value.SCHEMA), CONTAINS_JSON(Value.SCHEMA), IS_XML(Value.OPTIONAL),
    CONTAINS_XML(Value.OPTIONAL), IS_HTML(Value.NONE), CONTAINS_HTML(Value.NONE), IS_SQL(Value.OPTIONAL_OBJECT),
    CONTAINS_SQL(Value.OPTIONAL_OBJECT), LEVENSHTEIN(Value.TEXT), ROUGE_N(Value.TEXT), BLEU(Value.REFERENCES),
    GLEU(Value.REFERENCES), WORD_COUNT(Value.COUNT), LATENCY(Value.NEEDS_THRESHOLD), COST(Value.NEEDS_THRESHOLD),
    PERPLEXITY(Value.NONE), PERPLEXITY_SCORE(Value.NONE), FINISH_REASON(Value.TEXT), IS_REFUSAL(Value.NONE),
    IS_VALID_OPENAI_FUNCTION_CALL(Value.NONE), IS_VALID_OPENAI_TOOLS_CALL(Value.NONE), TOOL_CALL_F1(Value.LIST),
    SIMILAR(Value.REFERENCES), SIMILAR_COSINE("similar:cosine", Value.REFERENCES),
    SIMILAR_DOT("similar:dot", Value.REFERENCES), SIMILAR_EUCLIDEAN("similar:euclidean", Value.REFERENCES),
    LLM_RUBRIC(Value.ANY), MODEL_GRADED_CLOSEDQA(Value.TEXT), MODEL_GRADED_FACTUALITY(Value.TEXT),
    FACTUALITY(Value.TEXT), G_EVAL(Value.REFERENCES), ANSWER_RELEVANCE(Value.NONE), CONTEXT_RECALL(Value.TEXT),
    CONTEXT_RELEVANCE(Value.NONE), CONTEXT_FAITHFULNESS(Value.NONE), CONVERSATION_RELEVANCE(Value.NONE),
    SELECT_BEST(Value.TEXT), MAX_SCORE(Value.OPTIONAL_OBJECT), WEBHOOK(Value.TEXT), JAVASCRIPT(Value.TEXT),
    ASSERT_SET(Value.NONE);

    /// What stands under `value`.
    public enum Value {
        NONE, ANY, TEXT, TEXT_OR_NUMBER, LIST, SCHEMA, OPTIONAL, OPTIONAL_OBJECT, REFERENCES, COUNT,
        /// No value, but a threshold.
        NEEDS_THRESHOLD
    }

    private static final Set<AssertionType> MODEL_GRADED = EnumSet.range(SIMILAR, SELECT_BEST);
    private static final Map<String, AssertionType> BY_NAME = Arrays.stream(values())
            .collect(Collectors.toMap(AssertionType::toString, Function.identity()));

    private final String text;
    private final Value value;

    AssertionType(Value value) {
        this.text = name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.value = value;
    }

    AssertionType(String text, Value value) {
        this.text = text;
        this.value = value;
    }

    /// @param name as in a file, without `not-`
    public static Optional<AssertionType> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public static List<String> names() {
        return BY_NAME.keySet().stream().sorted().toList();
    }

    public Value value() {
        return value;
    }

    /// Whether it is decided by looking at all answers to a case side by side, see [Assertions#compare].
    public boolean isComparison() {
        return this == SELECT_BEST || this == MAX_SCORE;
    }

    /// Whether a [Judge] is asked.
    public boolean isModelGraded() {
        return MODEL_GRADED.contains(this);
    }

    /// Whether it needs the probabilities of the answer's tokens.
    public boolean needsLogprobs() {
        return this == PERPLEXITY || this == PERPLEXITY_SCORE;
    }

    @Override
    public String toString() {
        return text;
    }
}
