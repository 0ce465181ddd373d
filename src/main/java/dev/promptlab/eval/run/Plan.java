package dev.promptlab.eval.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.gate.CaseFacts;
import dev.promptlab.eval.suite.Case;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.web.CanonicalJson;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

import static java.util.stream.Collectors.toSet;

/// Which cells a run has, on which side each stands, and in which order they are made: cases as in the file, the arms of a case one
/// beside the other, so that whatever changes during a run changes for both sides. Immutable.
final class Plan {
    private final Suite suite;
    private final List<Case> cases;
    private final List<dev.promptlab.eval.suite.Arm> arms;
    private final Set<String> armIds;
    private final @Nullable String baseline;
    private final boolean severalColumns;
    private final int[] first;

    /// @param cases of the suite, those that a filter left
    /// @param candidate label of a prompt or a provider, or id of an arm; null = every arm that is not the baseline
    /// @param baseline as `candidate`; null = no arm is
    /// @throws InvalidRunException when nothing or too much goes by these names
    Plan(Suite suite, List<Case> cases, @Nullable String candidate, @Nullable String baseline)
            throws InvalidRunException {
        this.suite = suite;
        this.cases = List.copyOf(cases);
        this.baseline = baseline;
        this.arms = chosen(suite, candidate, baseline);
        this.armIds = arms.stream().map(dev.promptlab.eval.suite.Arm::id).collect(toSet());
        this.severalColumns = columns().size() > 1;
        if (baseline != null && columns().size() != arms.stream().filter(arm -> side(arm) == Arm.CANDIDATE).count()) {
            throw new InvalidRunException("several arms could be the candidate; choose one with --candidate: "
                    + names(suite));
        }
        this.first = new int[cases.size() + 1];
        for (var i = 0; i < cases.size(); i++) {
            first[i + 1] = first[i] + armsOf(cases.get(i)).size() * cases.get(i).repeats();
        }
    }

    private static List<dev.promptlab.eval.suite.Arm> chosen(Suite suite, @Nullable String candidate,
            @Nullable String baseline) throws InvalidRunException {
        for (var name : Stream.of(candidate, baseline).flatMap(Stream::ofNullable).toList()) {
            if (suite.arms().stream().noneMatch(arm -> goesBy(arm, name))) {
                throw new InvalidRunException("no prompt, provider or arm is called \"" + name + "\"; there are "
                        + names(suite));
            }
        }
        return suite.arms().stream().filter(arm -> candidate == null || goesBy(arm, candidate)
                || (baseline != null && goesBy(arm, baseline))).toList();
    }

    static boolean goesBy(dev.promptlab.eval.suite.Arm arm, String name) {
        return arm.id().equals(name) || arm.prompt().label().equals(name) || arm.providerLabel().equals(name);
    }

    private static String names(Suite suite) {
        var names = new LinkedHashSet<String>();
        suite.arms().forEach(arm -> names.addAll(List.of(arm.prompt().label(), arm.providerLabel())));
        return String.join(", ", names);
    }

    private Arm side(dev.promptlab.eval.suite.Arm arm) {
        return baseline != null && goesBy(arm, baseline) ? Arm.BASELINE : Arm.CANDIDATE;
    }

    /// What two arms that are compared have in common.
    private String column(dev.promptlab.eval.suite.Arm arm) {
        if (baseline == null) {
            return arm.id();
        }
        var base = suite.arms().stream().filter(each -> goesBy(each, baseline)).toList();
        if (base.stream().allMatch(each -> each.prompt().label().equals(baseline))) {
            return arm.providerLabel();
        }
        return base.stream().allMatch(each -> each.providerLabel().equals(baseline)) ? arm.prompt().label() : "";
    }

    private Set<String> columns() {
        var columns = new LinkedHashSet<String>();
        arms.stream().filter(arm -> side(arm) == Arm.CANDIDATE).forEach(arm -> columns.add(column(arm)));
        return columns;
    }

    private String key(Case testCase, dev.promptlab.eval.suite.Arm arm) {
        return severalColumns ? testCase.id() + " / " + column(arm) : testCase.id();
    }

    List<dev.promptlab.eval.suite.Arm> arms() {
        return arms;
    }

    List<Case> cases() {
        return cases;
    }

    int cells() {
        return first[cases.size()];
    }

    private List<dev.promptlab.eval.suite.Arm> armsOf(Case testCase) {
        return testCase.arms().stream().filter(arm -> armIds.contains(arm.id())).toList();
    }

    /// In the order of results.
    Cell cell(int index) {
        var place = Arrays.binarySearch(first, index);
        place = place < 0 ? -place - 2 : place;
        while (first[place + 1] == first[place]) {
            place++; // cases without an arm have no cells
        }
        var testCase = cases.get(place);
        var within = index - first[place];
        return cell(place, armsOf(testCase), within / testCase.repeats(), within % testCase.repeats());
    }

    private Cell cell(int place, List<dev.promptlab.eval.suite.Arm> of, int arm, int repeat) {
        var testCase = cases.get(place);
        return new Cell(first[place] + arm * testCase.repeats() + repeat, testCase, of.get(arm), repeat,
                side(of.get(arm)), key(testCase, of.get(arm)));
    }

    /// In the order of work: the cells of a case and a repeat together, over its arms.
    Stream<List<Cell>> groups() {
        return IntStream.range(0, cases.size()).boxed().flatMap(place -> {
            var of = armsOf(cases.get(place));
            return of.isEmpty() ? Stream.of() : IntStream.range(0, cases.get(place).repeats())
                    .mapToObj(repeat -> IntStream.range(0, of.size()).mapToObj(arm -> cell(place, of, arm, repeat))
                            .toList());
        });
    }

    /// The first cells of a key on each side, for re-runs.
    List<Cell> cellsOf(String key) {
        var found = new ArrayList<Cell>();
        for (var place = 0; place < cases.size(); place++) {
            if (key.startsWith(cases.get(place).id())) {
                var of = armsOf(cases.get(place));
                var at = place;
                IntStream.range(0, of.size()).mapToObj(arm -> cell(at, of, arm, 0))
                        .filter(cell -> cell.key().equals(key)).forEach(found::add);
            }
        }
        return found;
    }

    /// What the gate pairs, in the order of the file.
    List<CaseFacts> facts() {
        var facts = new LinkedHashMap<String, CaseFacts>();
        for (var testCase : cases) {
            for (var arm : armsOf(testCase)) {
                var key = key(testCase, arm);
                var cluster = testCase.cluster() == null && severalColumns ? testCase.id() : testCase.cluster();
                facts.putIfAbsent(key, new CaseFacts(key, name(testCase), Set.copyOf(testCase.tags()), cluster,
                        testCase.must()));
            }
        }
        return List.copyOf(facts.values());
    }

    private static String name(Case testCase) {
        return testCase.description().isBlank() ? Json.text(testCase.vars()) : testCase.description();
    }

    /// The same for the same questions to the same models: answers of one fit the other.
    String questions() {
        var text = new StringBuilder();
        arms.forEach(arm -> text.append(arm.id()).append('\n').append(arm.prompt().raw()).append('\n')
                .append(arm.provider()).append(':').append(arm.model()).append(CanonicalJson.of(arm.params())));
        cases.forEach(each -> text.append(each.id()).append(each.repeats()).append(CanonicalJson.of(each.vars())));
        return Calls.sha256(text.toString());
    }

    /// The same for the same questions and the same assertions.
    String fingerprint() {
        var text = new StringBuilder(questions());
        for (var testCase : cases) {
            text.append(testCase.threshold());
            testCase.assertions().forEach(each -> text.append(CanonicalJson.of(each.toJson())));
        }
        return Calls.sha256(text.toString());
    }

    /// `tag:x`, or a part of the id or the description.
    static Predicate<Case> filter(String text) {
        return text.startsWith("tag:") ? each -> each.tags().contains(text.substring("tag:".length()))
                : each -> each.id().contains(text) || each.description().contains(text);
    }
}
