import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/// Packs what a build made into `target/promptlab-VERSION.tar.gz`, a folder that runs where there is a Java, without Maven and
/// Node. Equal inputs give equal bytes: entries are sorted, and times, owners and modes are those below.
///
///     java -cp 'target/lib/*' build/Archive.java CHECKOUT [TARGET]
final class Archive {
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final Pattern VERSION = Pattern.compile("<artifactId>promptlab</artifactId>\\s*<version>([^<]+)</version>");
    private static final Pattern LICENCE = Pattern.compile("(?:META-INF/)?(?:LICEN[CS]E|NOTICE|COPYING)[^/]*", Pattern.CASE_INSENSITIVE);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path root;
    private final Path target;

    private Archive(Path root) {
        this.root = root;
        this.target = root.resolve("target");
    }

    public static void main(String[] args) throws IOException {
        var archive = new Archive(Path.of(args[0]).toAbsolutePath().normalize());
        var name = "promptlab-" + archive.version();
        var file = args.length > 1 ? Path.of(args[1]) : archive.target.resolve(name + ".tar.gz");
        archive.write(name, file);
        System.out.printf(Locale.ROOT, "%s (%.1f MB)%n", file, Files.size(file) / 1e6);
    }

    private String version() throws IOException {
        var found = VERSION.matcher(Files.readString(root.resolve("pom.xml")));
        if (!found.find()) {
            throw new IllegalStateException("pom.xml names no version");
        }
        return found.group(1);
    }

    private void write(String folder, Path file) throws IOException {
        var how = new GzipParameters();
        how.setModificationInstant(Instant.EPOCH);
        how.setOperatingSystem(255);
        how.setCompressionLevel(Deflater.BEST_SPEED); // jars are compressed
        try (var tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(Files.newOutputStream(file), how),
                StandardCharsets.UTF_8.name())) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (var entry : contents().entrySet()) {
                var bytes = entry.getValue().bytes();
                var header = new TarArchiveEntry(folder + "/" + entry.getKey());
                header.setSize(bytes.length);
                header.setMode(entry.getKey().equals("promptlab") ? 0755 : 0644);
                header.setIds(0, 0);
                header.setModTime(TIME.toEpochMilli());
                tar.putArchiveEntry(header);
                tar.write(bytes);
                tar.closeArchiveEntry();
            }
        }
    }

    private interface Content {
        byte[] bytes() throws IOException;
    }

    /// By their places in the folder.
    private Map<String, Content> contents() throws IOException {
        var contents = new TreeMap<String, Content>();
        for (var name : List.of("promptlab", "LICENSE", "CHANGELOG.md", "SECURITY.md", ".env.example")) {
            contents.put(name, () -> Files.readAllBytes(root.resolve(name)));
        }
        contents.put("README.md", () -> Files.readAllBytes(root.resolve("build/distribution.md")));
        contents.put("THIRD-PARTY.txt", () -> thirdParty().getBytes(StandardCharsets.UTF_8));
        for (var built : List.of("promptlab.jar", "promptlab-sbom.json")) {
            contents.put(built, () -> Files.readAllBytes(target.resolve(built)));
        }
        for (var tree : List.of(target.resolve("lib"), root.resolve("docs"), root.resolve("deploy"))) {
            var base = tree.getParent();
            for (var file : files(tree)) {
                contents.put(base.relativize(file).toString().replace('\\', '/'), () -> Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private static List<Path> files(Path tree) throws IOException {
        try (var paths = Files.walk(tree)) {
            return paths.filter(Files::isRegularFile).sorted().toList();
        }
    }

    // ---- licences of what is inside

    /// @param text of its licence files; empty when it has none of its own
    private record Component(String name, String licences, String text) {}

    /// Each component with its licence, then each text once with the names of those it came with.
    private String thirdParty() throws IOException {
        var components = Stream.concat(jars().stream(), packages().stream()).toList();
        var out = new StringBuilder("PromptLab contains these components.\n\n");
        var texts = new TreeMap<String, TreeSet<String>>();
        for (var component : components) {
            out.append(component.name()).append("  ").append(component.licences()).append('\n');
            if (!component.text().isBlank()) {
                texts.computeIfAbsent(component.text(), _ -> new TreeSet<>()).add(component.name());
            }
        }
        texts.forEach((text, names) -> out.append("\n\n").append("-".repeat(100)).append('\n')
                .append(String.join(", ", names)).append("\n\n").append(text.strip()).append('\n'));
        return out.toString();
    }

    private List<Component> jars() throws IOException {
        var components = new ArrayList<Component>();
        for (var part : JSON.readTree(target.resolve("promptlab-sbom.json").toFile()).get("components")) {
            var name = part.get("name").textValue() + "-" + part.get("version").textValue();
            for (var jar : files(target.resolve("lib"))) {
                if (jar.getFileName().toString().startsWith(name)) {
                    components.add(new Component(name, licences(part.path("licenses")), texts(jar)));
                }
            }
        }
        return components;
    }

    private static String licences(JsonNode choices) {
        var names = new TreeSet<String>();
        for (var choice : choices) {
            var licence = choice.path("license");
            names.add(choice.hasNonNull("expression") ? choice.get("expression").textValue()
                    : licence.path("id").asText(licence.path("name").asText("see its text")));
        }
        return names.isEmpty() ? "see its text" : String.join(" or ", names);
    }

    private static String texts(Path jar) throws IOException {
        var text = new StringBuilder();
        try (var zip = new ZipFile(jar.toFile())) {
            var entries = zip.stream().filter(entry -> LICENCE.matcher(entry.getName()).matches() && !entry.isDirectory())
                    .sorted((a, b) -> a.getName().compareTo(b.getName())).toList();
            for (ZipEntry entry : entries) {
                text.append(plain(zip.getInputStream(entry).readAllBytes())).append('\n');
            }
        }
        return text.toString();
    }

    /// The packages that the web UI is made of; none when it was not built.
    private List<Component> packages() throws IOException {
        var lock = root.resolve("ui/package-lock.json");
        if (!Files.isDirectory(root.resolve("ui/node_modules")) || !Files.exists(lock)) {
            return List.of();
        }
        var components = new ArrayList<Component>();
        for (var locked : JSON.readTree(lock.toFile()).get("packages").properties()) {
            var folder = root.resolve("ui").resolve(locked.getKey());
            var about = locked.getValue();
            if (!locked.getKey().isEmpty() && !about.path("dev").asBoolean() && Files.isDirectory(folder)) {
                var name = locked.getKey().replaceFirst(".*node_modules/", "") + "-" + about.path("version").asText();
                components.add(new Component(name, about.path("license").asText("see its text"), textsIn(folder)));
            }
        }
        return components;
    }

    private static String textsIn(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> LICENCE.matcher(file.getFileName().toString()).matches()).sorted()
                    .map(Archive::read).reduce("", (before, text) -> before + text + "\n");
        }
    }

    private static String read(Path file) {
        try {
            return plain(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String plain(byte[] text) {
        return new String(text, StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
