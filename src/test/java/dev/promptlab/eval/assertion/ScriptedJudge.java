package dev.promptlab.eval.assertion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.provider.Message;
import org.jspecify.annotations.Nullable;

/// Answers with what a test wrote down, in order, and remembers what it was asked.
final class ScriptedJudge implements Judge {
    final List<List<Message>> asked = new ArrayList<>();
    private final List<String> replies;
    private final Map<String, float[]> vectors;

    ScriptedJudge(String... replies) {
        this(Map.of(), replies);
    }

    ScriptedJudge(Map<String, float[]> vectors, String... replies) {
        this.vectors = vectors;
        this.replies = new ArrayList<>(Arrays.asList(replies));
    }

    @Override
    public String ask(List<Message> messages, @Nullable JsonNode provider, int vote) throws JudgeException {
        asked.add(messages);
        if (replies.isEmpty()) {
            throw new JudgeException("the judge is out of words");
        }
        return replies.removeFirst();
    }

    @Override
    public List<float[]> embed(List<String> texts, @Nullable JsonNode provider) throws JudgeException {
        if (!vectors.keySet().containsAll(texts)) {
            throw new JudgeException("no vector for " + texts);
        }
        return texts.stream().map(vectors::get).toList();
    }
}
