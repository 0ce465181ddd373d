package dev.promptlab.eval.report;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// The forms that can be written to a file.
public enum Reports {
    JUNIT(".junit.xml", "junit"), JSON(".json", "json"), JSON_LINES(".jsonl", "jsonl"), HTML(".html",
            "html"),
    MARKDOWN(".md", "md"), CSV(".csv", "csv");

    private final String ending;
    private final String word;

    Reports(String ending, String word) {
        this.ending = ending;
        this.word = word;
    }

    /// As the API names it: `junit json jsonl html md csv`
    public String word() {
        return word;
    }

    /// By [#word].
    public static Optional<Reports> named(String word) {
        return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
    }

    /// `.html`
    public String ending() {
        return ending;
    }

    /// The caller closes `out`.
    public void write(RunReport report, Writer out) throws IOException {
        switch (this) {
            case JUNIT -> JunitReport.write(report, out);
            case JSON -> JsonReport.write(report, out);
            case JSON_LINES -> JsonLinesReport.write(report, out);
            case HTML -> HtmlReport.write(report, out);
            case MARKDOWN -> MarkdownReport.write(report, out);
            case CSV -> CsvReport.write(report, out);
        }
    }

    /// The JSON form without its rows.
    public static ObjectNode summary(RunReport report) {
        return JsonReport.head(report);
    }

    /// By the name of the file; empty when its ending says nothing.
    public static Optional<Reports> of(Path file) {
        var name = file.toString().toLowerCase(Locale.ROOT);
        for (var form : values()) {
            if (name.endsWith(form.ending)) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }

    /// `.json, .jsonl, ...`
    public static String endings() {
        var endings = new StringBuilder();
        for (var form : values()) {
            endings.append(endings.isEmpty() ? "" : ", ").append(form.ending);
        }
        return endings.toString();
    }

    /// Whole or not at all: a reader never sees half a file.
    public void write(RunReport report, Path file) throws IOException {
        var folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        var half = file.resolveSibling(file.getFileName() + ".part");
        try (var out = new BufferedWriter(Files.newBufferedWriter(half, StandardCharsets.UTF_8), 1 << 16)) {
            write(report, out);
        }
        Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
