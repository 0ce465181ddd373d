package dev.promptlab.eval.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.report.ResultRow.Status;
import dev.promptlab.eval.report.RunReport;
import dev.promptlab.eval.statistics.Agreement;
import dev.promptlab.web.Json;

/// How far the grades of a run, a judge's say, agree with people's.
public final class Calibration {
    private Calibration() {}

    /// @param labels JSON lines `{"case": ID, "pass": true}`
    /// @throws InvalidRunException when a line is no label
    public static Agreement of(RunReport report, Path labels) throws IOException, InvalidRunException {
        var people = read(labels);
        var counts = new int[2][2];
        report.rows().each(row -> {
            var label = people.get(row.caseId());
            if (label != null && row.side() == Arm.CANDIDATE && row.status() != Status.ERROR) {
                counts[row.passed() ? 1 : 0][label ? 1 : 0]++;
            }
        });
        return Agreement.of(counts[1][1], counts[1][0], counts[0][1], counts[0][0]);
    }

    private static Map<String, Boolean> read(Path labels) throws IOException, InvalidRunException {
        var people = new HashMap<String, Boolean>();
        var number = 0;
        try {
            for (var line : Files.readAllLines(labels)) {
                number++;
                var json = line.isBlank() ? Json.object() : Json.read(line.getBytes(StandardCharsets.UTF_8));
                if (json.path("case").isTextual() && json.path("pass").isBoolean()) {
                    people.put(json.path("case").textValue(), json.path("pass").booleanValue());
                } else if (!line.isBlank()) {
                    throw new InvalidRunException(labels + ":" + number
                            + ": a label is {\"case\": ID, \"pass\": true or false}");
                }
            }
        } catch (NoSuchFileException e) {
            throw new InvalidRunException("there is no file " + labels);
        }
        return people;
    }
}
