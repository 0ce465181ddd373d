package dev.promptlab.eval.report;

import java.io.IOException;
import java.io.Writer;

import dev.promptlab.web.Json;

/// A row a line, then a line with all the rest (`{schema, ...}`).
final class JsonLinesReport {
    private JsonLinesReport() {}

    static void write(RunReport report, Writer out) throws IOException {
        report.rows().each(row -> out.write(Json.text(row.toJson()) + "\n"));
        out.write(Json.text(JsonReport.head(report)) + "\n");
    }
}
