package dev.promptlab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// `./promptlab` in a folder of its own, with scripts in the place of Maven and Java.
class LauncherTest {
    private static final List<String> TOOLS = List.of("bash", "cat", "dirname", "env", "find", "grep", "head", "mkdir",
            "readlink", "rm", "sed", "tail", "touch");

    @TempDir
    Path folder;
    private Path root;
    private Path bin;
    private Path jdk;

    private record Ended(int status, String out, String err, long pid) {}

    @BeforeEach
    void layOut() throws IOException {
        root = Files.createDirectory(folder.resolve("product"));
        bin = Files.createDirectory(folder.resolve("bin"));
        jdk = folder.resolve("jdk");
        Files.copy(Path.of("promptlab"), root.resolve("promptlab"));
        executable(root.resolve("promptlab"));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        for (var tool : TOOLS) {
            script(bin.resolve(tool), "exec " + find(tool) + " \"$@\"");
        }
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        script(jdk.resolve("bin/javac"), "exit 1");
        script(jdk.resolve("bin/java"), "echo \"$$ $PWD $*\"; exit 7");
        maven("3.9.1", "echo built >> log; mkdir -p target/lib; echo jar > target/promptlab.jar");
    }

    @Test
    void buildsAndBecomesTheJvmInTheCallersDirectory() throws Exception {
        var link = Files.createSymbolicLink(folder.resolve("link"), root.resolve("promptlab"));
        var ended = run(Map.of(), link, "serve", "--port", "0");
        assertThat(ended.status()).isEqualTo(7);
        assertThat(ended.err()).isEqualTo("building (about a minute the first time)\n");
        assertThat(ended.out()).startsWith(ended.pid() + " " + folder.toRealPath() + " ")
                .endsWith(" -jar " + root.toRealPath() + "/target/promptlab.jar serve --port 0\n");
    }

    @Test
    void runsTheJarBesideItselfWhereThereAreNoSources() throws Exception {
        Files.delete(root.resolve("pom.xml"));
        Files.delete(bin.resolve("mvn"));
        Files.delete(jdk.resolve("bin/javac"));
        assertThat(launch("serve").out()).endsWith(" -jar " + root.toRealPath() + "/promptlab.jar serve\n");
        assertThat(launch("test")).satisfies(ended -> {
            assertThat(ended.status()).isEqualTo(2);
            assertThat(ended.err()).startsWith("promptlab: this is a distribution, without sources;").hasLineCount(1);
        });
    }

    @Test
    void startsWithWhatItLearned() throws Exception {
        launch("build");
        script(jdk.resolve("bin/java"),
                "echo \"$*\"; for o in \"$@\"; do [[ $o != -XX:AOTCacheOutput=* ]] || echo x > \"${o#*=}\"; done");
        assertThat(launch("learn").status()).isZero();
        var learned = "-XX:AOTCache=" + root.toRealPath() + "/target/promptlab.aot";
        assertThat(launch("serve").out()).contains(learned);
        Files.setLastModifiedTime(root.resolve("target/promptlab.jar"),
                FileTime.from(Instant.now().plusSeconds(2)));
        assertThat(launch("serve").out()).doesNotContain(learned);
    }

    @Test
    void packsADistributionAfterABuild() throws Exception {
        assertThat(launch("build").out()).contains(" -cp " + root.toRealPath() + "/target/lib/* ")
                .endsWith("/build/Archive.java " + root.toRealPath() + "\n");
    }

    @Test
    void buildsAgainOnlyWhenSourcesAreNewer() throws Exception {
        launch("seed");
        assertThat(launch("seed").err()).isEmpty();
        Files.createDirectories(root.resolve("docs/api"));
        var source = Files.writeString(root.resolve("docs/api/openapi.yaml"), "openapi: 3.1.0");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));
        assertThat(launch("seed").err()).startsWith("building");
        assertThat(Files.readAllLines(root.resolve("log"))).hasSize(2);
    }

    @Test
    void givesTheJvmTheCallersOptionsAfterItsOwn() throws Exception {
        var ended = run(Map.of("JAVA_OPTS", "-Xmx2g -Da=b"), root.resolve("promptlab"), "serve");
        assertThat(ended.out()).containsPattern("-Xmx\\d+m .*-Xmx2g -Da=b -jar ");
    }

    @Test
    void showsWhatWentWrongInABuild() throws Exception {
        maven("3.9.1", "echo '[INFO] fine'; echo '[ERROR] Templates.java:[3,7] missing semicolon'; exit 1");
        var ended = launch("serve");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("[ERROR] Templates.java:[3,7] missing semicolon\n").doesNotContain("fine")
                .contains("promptlab: the build failed; all of its output is in ");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void hasOneLineForEachThingThatIsMissing() throws Exception {
        maven("3.6.3", "");
        assertThat(launch("build")).satisfies(ended -> {
            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.err()).matches("promptlab: Maven 3\\.8 or newer is needed, .*/mvn is 3\\.6\\.3\n");
        });
        Files.delete(bin.resolve("mvn"));
        assertThat(launch("build").err()).startsWith("promptlab: Maven is not installed; ").hasLineCount(1);
        maven("3.8.7", "");
        Files.createDirectories(root.resolve("ui"));
        Files.writeString(root.resolve("ui/package.json"), "{}");
        assertThat(launch("build").err()).startsWith("promptlab: Node.js is not installed; ").hasLineCount(1);
        script(bin.resolve("node"), "echo v20.18.3");
        assertThat(launch("build").err()).isEqualTo("promptlab: Node.js 20.19 or newer is needed, found 20.18.3\n");
    }

    @Test
    void saysWhenNoJdkIsNewEnough() throws Exception {
        var launcher = root.resolve("promptlab");
        Files.writeString(launcher, Files.readString(launcher).replace("MIN_JDK=25", "MIN_JDK=9999"));
        var ended = launch("serve");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).startsWith("promptlab: no JDK 9999 or newer found; ").hasLineCount(1);
    }

    @Test
    void passesOverAJavaWithoutACompiler() throws Exception {
        Files.delete(jdk.resolve("bin/javac"));
        var other = folder.resolve(".sdkman/candidates/java/25-tem");
        Files.createDirectories(other.resolve("bin"));
        Files.writeString(other.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"26\"\n");
        script(other.resolve("bin/javac"), "");
        script(other.resolve("bin/java"), "echo from sdkman");
        assertThat(launch("serve").out()).isEqualTo("from sdkman\n");
    }

    @Test
    void namesTheCommandThatWasProbablyMeant() throws Exception {
        var ended = launch("sevre");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err())
                .isEqualTo("promptlab: there is no command \"sevre\"; did you mean \"serve\"?; see ./promptlab help\n");
        assertThat(launch("frobnicate").err()).doesNotContain("did you mean");
    }

    @Test
    void explainsItselfWithoutArguments() throws Exception {
        assertThat(launch().out()).startsWith("Usage: ./promptlab COMMAND").isEqualTo(launch("help").out());
    }

    @Test
    void runsTheTestsWithWhatIsPassedOn() throws Exception {
        maven("3.9.1", "echo \"$*\"; exit 3");
        var ended = launch("test", "-Dtest=JobsTest");
        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.out()).startsWith("== ").endsWith(" verify -Dtest=JobsTest\n");
    }

    @Test
    void testsTheWebUiAfterTheRestAndSaysWhenEitherFails() throws Exception {
        Files.createDirectories(root.resolve("ui/node_modules"));
        Files.writeString(root.resolve("ui/package.json"), "{}");
        script(bin.resolve("node"), "echo v22.1.0");
        script(bin.resolve("chromium"), "exit 1");
        script(bin.resolve("npm"), "echo \"npm $* ${PROMPTLAB_CHROMIUM:-}\"; [[ $* != *\" test\" ]]");
        var ended = launch("test");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.out().lines().filter(line -> line.startsWith("npm ")).map(String::strip)).containsExactly(
                "npm --prefix ui run --silent check", "npm --prefix ui run --silent test",
                "npm --prefix ui run --silent e2e " + bin.resolve("chromium"));
    }

    @Test
    void leavesOutTheTestsWithRedisWhereThereIsNoneAndSaysSo() throws Exception {
        Files.createDirectories(root.resolve("ui/node_modules"));
        Files.writeString(root.resolve("ui/package.json"), "{}");
        for (var tool : List.of("node", "chromium", "npm")) {
            script(bin.resolve(tool), "echo v22.1.0");
        }
        maven("3.9.1", "echo \"mvn $*\"");
        var without = launch("test");
        assertThat(without.out()).contains("verify -DexcludedGroups=redis\n");
        assertThat(without.err()).contains("NOT RUN: the tests with Redis");
        script(bin.resolve("redis-server"), "exit 1");
        var with = launch("test");
        assertThat(with.out()).contains(" verify\n");
        assertThat(with.err()).doesNotContain("Redis");
    }

    private Ended launch(String... arguments) throws Exception {
        return run(Map.of(), root.resolve("promptlab"), arguments);
    }

    private Ended run(Map<String, String> environment, Path launcher, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        var err = Files.createTempFile(folder, "err", "");
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of("PATH", bin.toString(), "HOME", folder.toString(), "JAVA_HOME", jdk.toString()));
        builder.environment().putAll(environment);
        var process = builder.start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out, Files.readString(err), process.pid());
    }

    private void maven(String version, String commands) throws IOException {
        script(bin.resolve("mvn"),
                "if [ \"$1\" = --version ]; then echo \"Apache Maven " + version + "\"; else\n:\n" + commands + "\nfi");
    }

    private static void script(Path path, String commands) throws IOException {
        Files.writeString(path, "#!/bin/bash\n" + commands + "\n");
        executable(path);
    }

    private static void executable(Path path) {
        assertThat(path.toFile().setExecutable(true)).isTrue();
    }

    private static Path find(String tool) {
        return List.of("/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin").stream()
                .map(place -> Path.of(place, tool)).filter(Files::exists).findFirst().orElseThrow();
    }
}
