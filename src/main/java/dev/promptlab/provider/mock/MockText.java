package dev.promptlab.provider.mock;

import java.util.List;
import java.util.StringTokenizer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.Message;

/// What the mock says, in pieces of one word with the white space around it.
record MockText(List<String> words, long tokens, String finishReason) {
    private static final Pattern PIECE = Pattern.compile("\\s*\\S+\\s*");
    private static final List<String> LOREM = List
            .of("""
                    Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore \
                    magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo \
                    consequat."""
                    .split(" "));
    /// Of `lorem`, unless told otherwise.
    static final int FILLER_WORDS = LOREM.size();

    static MockText of(ChatRequest request, MockScript script) {
        var whole = request.model().equals("echo") ? echo(lastUserText(request.messages()), script) : lorem(script);
        return whole.size() <= script.maxTokens() ? said(whole, "stop")
                : said(whole.subList(0, script.maxTokens()), "length");
    }

    private static MockText said(List<String> words, String finishReason) {
        return new MockText(List.copyOf(words), words.stream().filter(word -> !word.isBlank()).count(), finishReason);
    }

    private static String lastUserText(List<Message> messages) {
        return messages.reversed().stream().filter(message -> message.role().equals("user")).map(Message::content)
                .findFirst().orElse("");
    }

    /// The text as it is; with `outputTokens`, its first words, from the beginning again when they are too few.
    private static List<String> echo(String text, MockScript script) {
        var words = text.isBlank() ? List.of(text) : PIECE.matcher(text).results().map(MatchResult::group).toList();
        if (script.outputTokens().isEmpty() || text.isBlank()) {
            return words;
        }
        return IntStream.range(0, script.outputTokens().getAsInt()).mapToObj(
                i -> i < words.size() ? words.get(i) : " " + words.get(i % words.size()).strip()).toList();
    }

    private static List<String> lorem(MockScript script) {
        return IntStream.range(0, script.outputTokens().orElse(LOREM.size()))
                .mapToObj(i -> (i == 0 ? "" : " ") + LOREM.get(i % LOREM.size())).toList();
    }

    static long countTokens(List<Message> messages) {
        return messages.stream().mapToLong(message -> countTokens(message.content())).sum();
    }

    static long countTokens(String text) {
        return new StringTokenizer(text).countTokens();
    }
}
