package dev.promptlab.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import dev.promptlab.eval.run.InvalidRunException;
import dev.promptlab.web.Json;

/// A suite file with all that it refers to by `file://`, ready to be sent. Whatever is missing is the server's to report.
final class SuiteUpload {
    private static final Pattern REFERENCE = Pattern.compile("file://([^\\s'\"\\]},]+)");
    private static final int MAX_DEPTH = 20;

    private SuiteUpload() {}

    /// `{name, content, files}`
    static ObjectNode read(Path file) throws IOException, InvalidRunException {
        var folder = file.toAbsolutePath().normalize().getParent();
        String content;
        try {
            content = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new InvalidRunException("there is no file " + file);
        }
        var texts = new TreeMap<String, String>();
        var open = new ArrayDeque<>(List.of(content));
        while (folder != null && !open.isEmpty()) {
            var matcher = REFERENCE.matcher(open.remove());
            while (matcher.find()) {
                for (var found : find(folder, matcher.group(1))) {
                    var text = Files.readString(found, StandardCharsets.UTF_8);
                    if (texts.putIfAbsent(folder.relativize(found).toString(), text) == null) {
                        open.add(text);
                    }
                }
            }
        }
        var json = Json.object().put("name", key(file)).put("content", content);
        var files = json.putObject("files");
        texts.forEach(files::put);
        return json;
    }

    private static List<Path> find(Path folder, String reference) throws IOException {
        var plain = folder.resolve(reference).normalize();
        if (Files.isRegularFile(plain)) {
            return plain.startsWith(folder) ? List.of(plain) : List.of();
        }
        if (!reference.contains("*")) {
            return List.of();
        }
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + Path.of(reference).normalize());
        try (var walk = Files.walk(folder, MAX_DEPTH)) {
            return walk.filter(Files::isRegularFile).filter(path -> matcher.matches(folder.relativize(path))).sorted()
                    .toList();
        }
    }

    /// `evals/Support Tone.eval.yaml` -> `support-tone`
    static String key(Path file) {
        var name = String.valueOf(file.getFileName()).replaceAll("(\\.eval)?\\.(ya?ml|json)$", "");
        var key = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return key.isEmpty() ? "suite" : key.substring(0, Math.min(60, key.length())).replaceAll("-$", "");
    }
}
