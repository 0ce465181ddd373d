package dev.promptlab.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What PostgreSQL says it was asked for in one database.
public record ServerLog(Path file, String database) {
    static final String PREFIX = "@@%a|%d|";

    private static final Pattern EXECUTED = Pattern.compile("LOG:  execute [^:]*: (.*)", Pattern.DOTALL);
    private static final Pattern BOUND = Pattern.compile("DETAIL:  [Pp]arameters: (.*)", Pattern.DOTALL);
    private static final Pattern VALUE = Pattern.compile("\\$\\d+ = (NULL|'(?:[^']|'')*')");

    /// One statement with what was bound at its first run, as literals.
    public record Statement(String sql, List<String> values) {}

    /// Every different statement that sessions with an application name ran with a value bound, in the order of their first run.
    ///
    /// @param value found in what was bound
    public List<Statement> statements(String applicationName, String value) {
        var start = applicationName + "|" + database + "|";
        var found = new LinkedHashMap<String, List<String>>();
        var latest = "";
        for (var entry : entries()) {
            if (!entry.startsWith(start)) {
                continue;
            }
            var said = entry.substring(start.length()).strip().replace("\n\t", "\n");
            var executed = EXECUTED.matcher(said);
            var bound = BOUND.matcher(said);
            if (executed.matches()) {
                latest = executed.group(1);
                found.putIfAbsent(latest, List.of());
            } else if (bound.matches() && bound.group(1).contains(value)
                    && found.getOrDefault(latest, List.of()).isEmpty()) {
                found.put(latest, values(bound.group(1)));
            }
        }
        return found.entrySet().stream().filter(entry -> !entry.getValue().isEmpty()).map(ServerLog::statement)
                .toList();
    }

    private static Statement statement(Map.Entry<String, List<String>> entry) {
        return new Statement(entry.getKey(), entry.getValue());
    }

    private static List<String> values(String bound) {
        var values = new ArrayList<String>();
        var matcher = VALUE.matcher(bound);
        while (matcher.find()) {
            values.add(matcher.group(1));
        }
        return values;
    }

    /// All of it, that of other databases too.
    public String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String[] entries() {
        return text().split("@@");
    }
}
