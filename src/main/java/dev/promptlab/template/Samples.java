package dev.promptlab.template;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.promptlab.web.Fields;

/// The sample templates, from the YAML files in `samples/`: the body of `POST /templates` with a `key` and a `description`,
/// and `sample`, example variables. The first variable of each is `input` and the others are optional, so that a client
/// which sends nothing but `input` can use them.
public final class Samples {
    private static final List<String> FILES = List.of("blog-post-writer", "code-reviewer", "email-composer");
    private static final List<Sample> ALL = FILES.stream().map(Samples::load).toList();

    private Samples() {}

    public static List<Sample> all() {
        return ALL;
    }

    private static Sample load(String file) {
        var fields = Fields.of(read("/samples/" + file + ".yaml"));
        var draft = TemplateBody.draft(fields);
        var variables = fields.map("sample");
        fields.check();
        var description = draft.description();
        if (!file.equals(draft.key()) || description == null || variables == null) {
            throw new IllegalStateException("sample " + file + " lacks its key, description or sample (bug)");
        }
        return new Sample(file, draft.name(), description, draft.content(), variables);
    }

    private static JsonNode read(String resource) {
        try (var in = Samples.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing (bug)");
            }
            return new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
