package dev.promptlab.eval.suite;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Files that came with the suite, in memory: there are no others, on no disk.
final class UploadedFiles extends SuiteFiles {
    private final Map<Path, String> texts = new TreeMap<>();

    /// @param files text by relative path
    UploadedFiles(Map<String, String> files) {
        super(null);
        files.forEach((path, text) -> texts.put(Path.of(path).normalize(), text));
    }

    @Override
    List<Path> find(String reference, Place asked) throws ProblemException {
        var name = path(reference);
        try {
            var path = Path.of(name).normalize();
            if (path.isAbsolute() || path.startsWith("..")) {
                throw new ProblemException(asked, name + " lies outside of the files that came with the suite");
            }
            if (texts.containsKey(path)) {
                return List.of(path);
            }
            var matcher = FileSystems.getDefault().getPathMatcher("glob:" + path);
            var found = texts.keySet().stream().filter(matcher::matches).toList();
            if (found.isEmpty()) {
                throw new ProblemException(asked, "no file " + name + " came with the suite; there are "
                        + (texts.isEmpty() ? "none" : texts.keySet()));
            }
            return found;
        } catch (InvalidPathException | java.util.regex.PatternSyntaxException _) {
            throw new ProblemException(asked, name + " is no name of a file");
        }
    }

    @Override
    String name(Path file) {
        return file.toString();
    }

    @Override
    String text(Path file, Place asked) {
        return texts.getOrDefault(file, "");
    }

    @Override
    Lines lines(Path file, Place asked) {
        return new Lines(name(file), new ByteArrayInputStream(text(file, asked).getBytes(StandardCharsets.UTF_8)));
    }
}
