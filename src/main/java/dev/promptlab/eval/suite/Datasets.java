package dev.promptlab.eval.suite;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.DecimalNode;
import org.jspecify.annotations.Nullable;

/// Reads tests from files: CSV, JSON, JSON Lines, YAML. Rows of CSV become what a suite file would write.
final class Datasets {
    private static final int MAX_ROWS = 1_000_000;
    private static final String METADATA = "__metadata:";

    private final SuiteFiles files;
    private final Problems problems;

    Datasets(SuiteFiles files, Problems problems) {
        this.files = files;
        this.problems = problems;
    }

    /// Tests of all files that a reference means.
    List<Item> read(String reference, Place asked) {
        var tests = new ArrayList<Item>();
        try {
            if (reference.contains("://") && !SuiteFiles.isReference(reference)) {
                throw new ProblemException(asked, "nothing is fetched: save " + reference + " as a file");
            }
            if (SuiteFiles.isScript(reference)) {
                throw new ProblemException(asked, "tests cannot come from a script: " + SuiteFiles.path(reference));
            }
            for (var file : files.find(reference, asked)) {
                tests.addAll(read(file, asked));
            }
        } catch (ProblemException e) {
            problems.add(e.problem());
        }
        return tests;
    }

    private List<Item> read(Path file, Place asked) throws ProblemException {
        return switch (SuiteFiles.ending(file.toString())) {
            case "csv" -> csv(file, asked);
            case "jsonl" -> jsonLines(file, asked);
            case "json", "yaml", "yml" -> files.value(file, asked).each();
            default ->
                throw new ProblemException(asked, files.name(file) + " has tests in no format that is known; there are"
                        + " .csv, .jsonl, .json and .yaml");
        };
    }

    private List<Item> jsonLines(Path file, Place asked) throws ProblemException {
        var tests = new ArrayList<Item>();
        try (var lines = files.lines(file, asked)) {
            for (var line = lines.next(); line != null; line = lines.next()) {
                if (!line.isBlank()) {
                    tests.add(JsonReader.read(lines.file(), line, lines.number()));
                    checkCount(tests.size(), lines);
                }
            }
        } catch (IOException e) {
            throw new ProblemException(asked, files.name(file) + " cannot be read: " + e.getMessage());
        }
        return tests;
    }

    private List<Item> csv(Path file, Place asked) throws ProblemException {
        var tests = new ArrayList<Item>();
        try (var lines = files.lines(file, asked)) {
            var reader = new CsvReader(lines);
            var header = reader.next();
            if (header == null) {
                throw new ProblemException(files.name(file), 1, 1, "is empty; the first line names the columns");
            }
            var columns = columns(header, lines.file());
            for (var row = reader.next(); row != null; row = reader.next()) {
                var place = new Place(lines.file(), row.line(), 1);
                if (row.fields().size() != columns.size()) {
                    throw new ProblemException(place, "has " + row.fields().size() + " fields, the first line names "
                            + columns.size());
                }
                tests.add(test(columns, row.fields(), place));
                checkCount(tests.size(), lines);
            }
        } catch (IOException e) {
            throw new ProblemException(asked, files.name(file) + " cannot be read: " + e.getMessage());
        }
        return tests;
    }

    private static void checkCount(int tests, Lines lines) throws ProblemException {
        if (tests > MAX_ROWS) {
            throw new ProblemException(lines.file(), lines.number(), 1, "has more than " + MAX_ROWS + " tests");
        }
    }

    private List<String> columns(CsvReader.Row header, String file) throws ProblemException {
        var columns = header.fields().stream().map(String::strip).toList();
        var seen = new HashSet<String>();
        for (var column : columns) {
            if (!seen.add(column)) {
                throw new ProblemException(file, header.line(), 1, "two columns are named \"" + column + "\"");
            }
            if (column.matches("_(expected|prefix|suffix|description|metric|threshold|metadata).{0,20}")) {
                problems.warn(new Place(file, header.line(), 1), "the column \"" + column
                        + "\" is a variable; with two underscores it would mean more");
            }
        }
        return columns;
    }

    private Item test(List<String> columns, List<String> fields, Place place) {
        var vars = new LinkedHashMap<String, Item>();
        var options = new LinkedHashMap<String, Item>();
        var metadata = new LinkedHashMap<String, Item>();
        var test = new LinkedHashMap<String, Item>();
        var expected = new ArrayList<Item.Mapping>();
        var thresholds = new LinkedHashMap<Integer, Item>();
        Item metric = null;
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            var text = fields.get(i);
            var item = Item.text(text, place);
            if (column.startsWith("__expected")) {
                if (!text.isBlank()) {
                    expected.add(Expected.read(text.strip(), place));
                }
            } else if (column.startsWith(METADATA)) {
                metadata(column.substring(METADATA.length()), text, metadata, place);
            } else if (column.startsWith("__config:")) {
                config(column, text, thresholds, place);
            } else {
                switch (column) {
                    case "__prefix", "__suffix" -> options.put(column.substring(2), item);
                    case "__description", "__id" -> put(test, column.substring(2), text, place);
                    case "__providerOutput" -> put(test, "providerOutput", text, place);
                    case "__threshold" -> number(text, place, column).ifPresent(value -> test.put("threshold", value));
                    case "__metric" -> metric = text.isBlank() ? null : item;
                    default -> vars.put(column, item);
                }
            }
        }
        test.put("vars", new Item.Mapping(vars, Map.of(), place));
        test.put("options", new Item.Mapping(options, Map.of(), place));
        test.put("metadata", new Item.Mapping(metadata, Map.of(), place));
        test.put("assert", assertions(expected, metric, thresholds, place));
        return new Item.Mapping(test, Map.of(), place);
    }

    private static Item assertions(List<Item.Mapping> expected, @Nullable Item metric,
            Map<Integer, Item> thresholds, Place place) {
        var list = new ArrayList<Item>();
        for (int i = 0; i < expected.size(); i++) {
            Item.Mapping assertion = expected.get(i);
            if (metric != null) {
                assertion = (Item.Mapping) Expected.with(assertion, "metric", metric);
            }
            var threshold = thresholds.get(i);
            list.add(threshold == null ? assertion : Expected.with(assertion, "threshold", threshold));
        }
        return Expected.list(list, place);
    }

    private static void put(Map<String, Item> test, String key, String text, Place place) {
        if (!text.isEmpty()) {
            test.put(key, Item.text(text, place));
        }
    }

    /// `__metadata:key`, and `__metadata:key[]` for a list with commas.
    private static void metadata(String key, String text, Map<String, Item> metadata, Place place) {
        if (text.isBlank()) {
            return;
        }
        if (!key.endsWith("[]")) {
            metadata.put(key, Item.text(text, place));
            return;
        }
        var items = new ArrayList<Item>();
        for (var part : text.split("(?<!\\\\),", -1)) {
            items.add(Item.text(part.strip().replace("\\,", ","), place));
        }
        metadata.put(key.substring(0, key.length() - 2), new Item.Sequence(items, place));
    }

    /// `__config:__expected2:threshold`.
    private void config(String column, String text, Map<Integer, Item> thresholds, Place place) {
        var parts = column.substring("__config:".length()).split(":", -1);
        if (parts.length != 2 || !parts[0].matches("__expected[0-9]{0,4}") || !parts[1].equals("threshold")) {
            problems.add(place, "the column \"" + column + "\" is not known; there is __config:__expected1:threshold");
            return;
        }
        var digits = parts[0].substring("__expected".length());
        int index = digits.isEmpty() ? 0 : Integer.parseInt(digits) - 1;
        number(text, place, column).ifPresent(value -> thresholds.put(index, value));
    }

    private Optional<Item> number(String text, Place place, String column) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Item.Scalar(DecimalNode.valueOf(new BigDecimal(text.strip())), place));
        } catch (NumberFormatException _) {
            problems.add(place, column + " must be a number, not \"" + text + "\"");
            return Optional.empty();
        }
    }
}
