package dev.promptlab.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EnvExampleTest {
    private static final Pattern LINE = Pattern.compile("(#?)([A-Z][A-Z_]*)=(.*)");

    @Test
    void listsEverySettingOnceAndNoOther() throws IOException {
        assertThat(lines().map(Line::name))
                .containsExactlyInAnyOrderElementsOf(settings().stream().map(Setting::name).toList());
    }

    @Test
    void showsTheDefaultsAndCommentsOutWhatHasNone() throws IOException {
        var defaults = new TreeMap<String, String>();
        settings().stream().filter(setting -> setting.defaultValue() != null)
                .forEach(setting -> defaults.put(setting.name(), String.valueOf(setting.defaultValue())));
        var shown = new TreeMap<String, String>();
        lines().filter(line -> !line.isComment()).forEach(line -> shown.put(line.name(), line.value()));
        assertThat(shown).isEqualTo(defaults);
    }

    @Test
    void canBeUsedAsItIs() throws IOException {
        var environment = new HashMap<String, String>();
        lines().filter(line -> !line.isComment()).forEach(line -> environment.put(line.name(), line.value()));
        assertThat(Settings.load(Map.of(), environment)).isEqualTo(Settings.load(Map.of(), Map.of()));
    }

    @Test
    void agreesWithTheTableForOperators() throws IOException {
        var table = Files.readString(Path.of("docs/operations.md"));
        assertThat(settings()).allSatisfy(
                setting -> assertThat(table).contains("| `" + setting.name() + "` | `" + setting.flag() + "` | "));
    }

    private record Line(String name, String value, boolean isComment) {}

    private static Stream<Line> lines() throws IOException {
        return Files.readAllLines(Path.of(".env.example")).stream().map(LINE::matcher)
                .filter(Matcher::matches)
                .map(match -> new Line(match.group(2), match.group(3), !match.group(1).isEmpty()));
    }

    private static List<Setting> settings() {
        return List.of(Setting.values());
    }
}
