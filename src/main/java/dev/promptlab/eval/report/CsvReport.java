package dev.promptlab.eval.report;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A row a line (RFC 4180). What a spreadsheet would run as a formula gets an apostrophe in front.
final class CsvReport {
    private static final List<String> COLUMNS = List.of("caseId", "description", "arm", "side", "repeat", "status",
            "score", "reason", "output", "inputTokens", "outputTokens", "costUsd", "latencyMs", "vars");

    private CsvReport() {}

    static void write(RunReport report, Writer out) throws IOException {
        out.write(String.join(",", COLUMNS) + "\r\n");
        report.rows().each(row -> out.write(List.of(text(row.caseId()), text(row.description()), text(row.arm()),
                row.side().word(), String.valueOf(row.repeat()), row.status().word(), String.valueOf(row.score()),
                text(row.reason()), text(Objects.requireNonNullElse(row.output(), "")),
                String.valueOf(row.inputTokens()), String.valueOf(row.outputTokens()), known(row.costUsd()),
                known(row.latencyMs()), text(Json.text(row.vars()))).stream().collect(Collectors.joining(",", "",
                        "\r\n"))));
    }

    private static String known(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    static String text(String value) {
        var safe = !value.isEmpty() && "=+-@\t\r\n".indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
        return "\"" + safe.replace("\"", "\"\"") + "\"";
    }
}
