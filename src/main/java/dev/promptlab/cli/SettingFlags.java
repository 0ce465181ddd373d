package dev.promptlab.cli;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.promptlab.config.Setting;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Every setting as a flag: `PROMPTLAB_WORKER_CONCURRENCY` is `--worker-concurrency`.
final class SettingFlags {
    private SettingFlags() {}

    static void addTo(CommandSpec command) {
        List.of(Setting.values())
                .forEach(setting -> command.addOption(OptionSpec.builder(setting.flag()).type(String.class)
                        .paramLabel("VALUE").description(description(setting)).build()));
    }

    static Map<Setting, String> of(ParseResult parsed) {
        var flags = new EnumMap<Setting, String>(Setting.class);
        Arrays.stream(Setting.values()).filter(setting -> parsed.hasMatchedOption(setting.flag()))
                .forEach(setting -> flags.put(setting, parsed.matchedOptionValue(setting.flag(), "")));
        return flags;
    }

    /// Picocli reads `%` and `$` as its own.
    private static String description(Setting setting) {
        var text = setting.meaning().replace("%", "%%");
        return setting.defaultValue() == null ? text : text + " (" + setting.defaultValue() + ")";
    }
}
