package dev.promptlab.eval.assertion;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

import com.google.re2j.Pattern;
import dev.promptlab.web.Json;

/// `select-best` and `max-score`: all answers to a case side by side.
final class Comparisons {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

    private final Asking asking;

    Comparisons(Asking asking) {
        this.asking = asking;
    }

    /// One is chosen, the others fail. Two answers are shown in both orders: a judge that always likes the first is no judge.
    List<Grade> selectBest(Check check, List<Output> outputs) throws JudgeException, InterruptedException {
        var texts = outputs.stream().map(Output::text).toList();
        int best = best(check, texts, 0);
        if (texts.size() == 2 && best(check, texts.reversed(), 0) != 1 - best) {
            throw new Ungradable(
                    "the judge chooses by position: it liked another one when the order was turned around");
        }
        var grades = new ArrayList<Grade>();
        for (int i = 0; i < texts.size(); i++) {
            grades.add(Grade.of(i == best, i == best ? 1 : 0,
                    (i == best ? "Selected as the best: " : "Not selected: ") + Values.text(check.value())));
        }
        return grades;
    }

    private int best(Check check, List<String> texts, int vote) throws JudgeException, InterruptedException {
        var more = Json.object().put("criteria", Values.text(check.value()));
        texts.forEach(more.putArray("outputs")::add);
        var reply = asking.ask(check, JudgePrompts.BEST, Asking.Part.ONLY, more, vote);
        int index = index(reply).orElse(-1);
        if (index < 0 || index >= texts.size()) {
            throw new Ungradable("the judge chose none of the outputs: " + Asking.shortened(reply));
        }
        return index;
    }

    private static OptionalInt index(String reply) {
        var json = Asking.object(reply);
        if (json.isPresent()) {
            var best = json.get().path("best");
            return best.isIntegralNumber() ? OptionalInt.of(best.intValue()) : OptionalInt.empty();
        }
        var number = NUMBER.matcher(reply);
        return number.find() ? OptionalInt.of(Integer.parseInt(number.group())) : OptionalInt.empty();
    }

    /// The highest mean (or sum, `method: sum`) of the other assertions' scores; the first of equals.
    static List<Grade> maxScore(AssertionSpec spec, List<Grade> graded) {
        var value = spec.value();
        var scores = graded.stream().map(grade -> score(spec, grade)).toList();
        int best = 0;
        for (int i = 1; i < scores.size(); i++) {
            best = scores.get(i) > scores.get(best) ? i : best;
        }
        boolean enough = !value.has("threshold") || scores.get(best) >= value.path("threshold").doubleValue();
        var grades = new ArrayList<Grade>();
        for (int i = 0; i < scores.size(); i++) {
            boolean chosen = i == best && enough;
            grades.add(Grade.of(chosen, chosen ? 1 : 0, (chosen ? "Highest score " : "Not the highest: score ")
                    + Check.number(scores.get(i)) + ", highest " + Check.number(scores.get(best))));
        }
        return grades;
    }

    private static double score(AssertionSpec spec, Grade graded) {
        double sum = 0;
        double weights = 0;
        for (var part : graded.parts()) {
            var type = part.assertion().type();
            if (!type.isComparison()) {
                double weight = spec.value().path("weights").path(part.assertion().typeName()).asDouble(1);
                sum += part.grade().score() * weight;
                weights += weight;
            }
        }
        if (graded.parts().isEmpty()) {
            throw new Ungradable("max-score needs at least one other assertion");
        }
        return spec.value().path("method").asText("average").equals("sum") ? sum : weights > 0 ? sum / weights : 0;
    }
}
