package dev.promptlab.eval.suite;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/// The files that a suite refers to, relative to its folder. A suite without a folder refers to none.
class SuiteFiles {
    private static final String SCHEME = "file://";
    private static final long MAX_BYTES = 64 << 20;
    private static final int MAX_FILES = 10_000;
    private static final int MAX_DEPTH = 20;
    private static final Pattern WILD = Pattern.compile("[*?\\[{]");
    private static final Set<String> SCRIPTS = Set.of("js", "mjs", "cjs", "ts", "mts", "cts", "py", "rb", "sh", "go",
            "exe");

    private final @Nullable Path folder;

    SuiteFiles(@Nullable Path folder) {
        this.folder = folder;
    }

    static boolean isReference(String text) {
        return text.startsWith(SCHEME);
    }

    static String path(String reference) {
        return isReference(reference) ? reference.substring(SCHEME.length()) : reference;
    }

    /// Lower case, without the point.
    static String ending(String path) {
        int point = path.lastIndexOf('.');
        return point < 0 || point < path.lastIndexOf('/') ? "" : path.substring(point + 1).toLowerCase(Locale.ROOT);
    }

    /// `check.js` and `check.js:name`.
    static boolean isScript(String reference) {
        var path = path(reference);
        int colon = path.lastIndexOf(':');
        return SCRIPTS.contains(ending(path)) || (colon > 0 && SCRIPTS.contains(ending(path.substring(0, colon))));
    }

    /// The files of a reference that may have `*`, sorted; at least one.
    List<Path> find(String reference, Place asked) throws ProblemException {
        var path = path(reference);
        var base = folder(asked);
        try {
            if (!WILD.matcher(path).find()) {
                var file = base.resolve(path);
                if (!Files.isRegularFile(file)) {
                    throw new ProblemException(asked, "there is no file " + path);
                }
                return List.of(file);
            }
            return matching(base, path, asked);
        } catch (InvalidPathException | java.util.regex.PatternSyntaxException _) {
            throw new ProblemException(asked, path + " is no name of a file");
        }
    }

    private static List<Path> matching(Path base, String path, Place asked) throws ProblemException {
        var wild = WILD.matcher(path);
        int fixed = wild.find() ? path.lastIndexOf('/', wild.start()) + 1 : 0;
        var start = base.resolve(path.substring(0, fixed)).normalize();
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + path.substring(fixed));
        try (var walk = Files.walk(start, MAX_DEPTH)) {
            var files = walk.filter(file -> matcher.matches(start.relativize(file))).filter(Files::isRegularFile)
                    .sorted()
                    .limit(MAX_FILES).toList();
            if (files.isEmpty()) {
                throw new ProblemException(asked, "no file matches " + path);
            }
            return files;
        } catch (IOException e) {
            throw new ProblemException(asked, "no file matches " + path + ": " + e.getMessage());
        }
    }

    private Path folder(Place asked) throws ProblemException {
        if (folder == null) {
            throw new ProblemException(asked, "files cannot be read here; put the content into the suite");
        }
        return folder;
    }

    /// As a user would write it.
    String name(Path file) {
        var absolute = file.toAbsolutePath().normalize();
        var base = folder == null ? null : folder.toAbsolutePath().normalize();
        return base != null && absolute.startsWith(base) ? base.relativize(absolute).toString() : file.toString();
    }

    String text(Path file, Place asked) throws ProblemException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ProblemException(asked, name(file) + " is larger than " + (MAX_BYTES >> 20)
                        + " MiB; CSV and JSON Lines may be larger");
            }
            return Utf8.decode(name(file), Files.readAllBytes(file), 1);
        } catch (IOException e) {
            throw new ProblemException(asked, name(file) + " cannot be read: " + e.getMessage());
        }
    }

    Lines lines(Path file, Place asked) throws ProblemException {
        try {
            return new Lines(name(file), Files.newInputStream(file));
        } catch (IOException e) {
            throw new ProblemException(asked, name(file) + " cannot be read: " + e.getMessage());
        }
    }

    /// JSON or YAML as a value; anything else as text without the white space around it.
    Item value(Path file, Place asked) throws ProblemException {
        var text = text(file, asked);
        return switch (ending(file.toString())) {
            case "json" -> JsonReader.read(name(file), text, 1);
            case "yaml", "yml" -> YamlReader.read(name(file), text);
            default -> Item.text(text.strip(), Place.start(name(file)));
        };
    }
}
