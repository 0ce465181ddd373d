package dev.promptlab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#\\s]+)");
    private static final Pattern TEST = Pattern.compile("`([A-Z][a-z]\\w*(?:Test|IT|Contract))`");
    private static final Pattern COMMAND = Pattern.compile("\\./promptlab ([a-z]+)");

    @Test
    void everyLinkLeadsToAFile() throws IOException {
        var dead = documents().flatMap(document -> LINK.matcher(read(document)).results().map(MatchResult::group)
                .map(link -> link.substring(2)).filter(link -> !Files.exists(document.resolveSibling(link)))
                .map(link -> document + " -> " + link)).toList();

        assertThat(dead).isEmpty();
    }

    @Test
    void everyCommandThatIsNamedExists() throws IOException {
        var launcher = read(Path.of("promptlab"));
        var commands = List.of(Pattern.compile("COMMANDS=\"([^\"]+)\"").matcher(launcher).results().findFirst()
                .orElseThrow().group(1).split(" "));

        assertThat(documents().flatMap(document -> COMMAND.matcher(read(document)).results().map(m -> m.group(1))))
                .isNotEmpty()
                .isSubsetOf(commands);
    }

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        try (var sources = Files.walk(Path.of("src", "test", "java"))) {
            var tests = sources.map(file -> file.getFileName().toString().replaceFirst("\\.java$", "")).toList();
            assertThat(documents().flatMap(document -> TEST.matcher(read(document)).results().map(m -> m.group(1))))
                    .isNotEmpty().isSubsetOf(tests);
        }
    }

    private static Stream<Path> documents() throws IOException {
        try (var top = Files.list(Path.of(".")); var docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(top, docs).filter(path -> path.toString().endsWith(".md")).toList().stream();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
