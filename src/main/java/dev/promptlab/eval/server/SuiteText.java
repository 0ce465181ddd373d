package dev.promptlab.eval.server;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Json;

/// A suite file with the files that it refers to.
///
/// @param files text by relative path
record SuiteText(String content, Map<String, String> files) {
    private static final int MAX_CONTENT = 8 << 20;
    private static final int MAX_FILES = 100;
    private static final int MAX_PATH = 200;

    SuiteText {
        files = Map.copyOf(files);
    }

    static SuiteText read(Fields in) {
        var content = in.requiredText("content", MAX_CONTENT);
        var files = new LinkedHashMap<String, String>();
        var given = in.map("files");
        if (given != null) {
            if (given.size() > MAX_FILES) {
                in.reject("files", "must be at most " + MAX_FILES + ", are " + given.size());
            }
            given.properties().forEach(file -> {
                if (isPath(file.getKey()) && file.getValue().isTextual()) {
                    files.put(file.getKey(), file.getValue().textValue());
                } else {
                    in.reject("files", "must be texts by relative path; \"" + file.getKey() + "\" is not");
                }
            });
        }
        return new SuiteText(content, files);
    }

    private static boolean isPath(String path) {
        return !path.isBlank() && path.length() <= MAX_PATH && !path.startsWith("/") && !path.contains("\\")
                && !path.contains("\0") && !("/" + path + "/").contains("/../");
    }

    static SuiteText read(String content, ObjectNode files) {
        var texts = new LinkedHashMap<String, String>();
        files.properties().forEach(file -> texts.put(file.getKey(), file.getValue().asText()));
        return new SuiteText(content, texts);
    }

    ObjectNode filesJson() {
        var json = Json.object();
        files.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(file -> json.put(file.getKey(),
                file.getValue()));
        return json;
    }
}
