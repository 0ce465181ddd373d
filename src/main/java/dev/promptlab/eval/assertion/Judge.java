package dev.promptlab.eval.assertion;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.provider.Message;
import org.jspecify.annotations.Nullable;

/// The model that judges answers, and the one that embeds texts. Thread-safe.
public interface Judge {
    /// The judge's words.
    ///
    /// @param provider in place of the run's judge, as the assertion writes it
    /// @param vote from 0; the same question is asked again under another number for an opinion of its own
    String ask(List<Message> messages, @Nullable JsonNode provider, int vote)
            throws JudgeException, InterruptedException;

    /// One vector per text, in order.
    List<float[]> embed(List<String> texts, @Nullable JsonNode provider) throws JudgeException, InterruptedException;
}
