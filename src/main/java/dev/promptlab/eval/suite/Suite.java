package dev.promptlab.eval.suite;

import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.assertion.DerivedMetric;

/// A suite file, read, checked and resolved: what is to be asked, of whom, and what is asked of the answers. Immutable.
///
/// The matrix is cases by arms: each case names the arms that it runs on. Repeats are the case's own.
///
/// @param name the file's name without `.eval.yaml` or another ending
/// @param arms in the order of the file: providers, and for each its prompts
/// @param cases in the order of the file; product of arrays in `vars` spread out
/// @param settings what stands under `promptlab:`
/// @param serial some case needs the answers of those before it (`storeOutputAs`, `_conversation`), so that cases run one by one
/// @param warnings what is read but has no effect here
/// @param source the file as JSON, for a hash
public record Suite(
        String name,
        String description,
        Path file,
        List<Arm> arms,
        List<Case> cases,
        Settings settings,
        List<DerivedMetric> derivedMetrics,
        boolean serial,
        List<Problem> warnings,
        ObjectNode source) {

    public Suite {
        arms = List.copyOf(arms);
        cases = List.copyOf(cases);
        derivedMetrics = List.copyOf(derivedMetrics);
        warnings = List.copyOf(warnings);
    }

    /// Cells of the matrix: cases on their arms, repeats included.
    public long cells() {
        return cases.stream().mapToLong(each -> (long) each.arms().size() * each.repeats()).sum();
    }
}
