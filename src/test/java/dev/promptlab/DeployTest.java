package dev.promptlab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.testing.ApiOperation;
import dev.promptlab.testing.TestServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What operators are given to start with says what this build understands: settings, ports, paths, rights. The tools that
/// know these files better check them too, where they are installed.
class DeployTest {
    private static final Pattern SETTING = Pattern.compile("\\bPROMPTLAB_[A-Z_]+\\b");
    private static final Pattern VALUE = Pattern.compile("\\.Values\\.([\\w.]+)");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::[-?][^}]*)?}");
    private static final Pattern ACTION = Pattern.compile("\\{\\{-?\\s*(if|with|range|define|else|end)?[^}]*}}");
    private static final Path KUBERNETES = Path.of("deploy", "kubernetes");
    private static final Path CHART = Path.of("deploy", "helm", "promptlab");
    private static final int PORT = Integer.parseInt(String.valueOf(Setting.PORT.defaultValue()));
    private static final int METRICS = 9464;

    private static final Map<String, String> GIVEN = Map.of("POSTGRES_PASSWORD", "secret", "PROMPTLAB_MASTER_KEY",
            TestServer.MASTER_KEY);

    @Test
    void everySettingThatIsNamedExists() throws IOException {
        var known = Stream.of(Setting.values()).map(Setting::name).toList();
        for (var file : files(Path.of("Dockerfile"), Path.of("compose.yaml"), Path.of("deploy"))) {
            assertThat(SETTING.matcher(Files.readString(file)).results().map(MatchResult::group)).as(file.toString())
                    .isSubsetOf(known);
        }
    }

    @Test
    void composeStartsAnApiAndTwoWorkersWithSettingsThatHold() throws IOException {
        var services = yaml(Path.of("compose.yaml")).getFirst().get("services");
        assertThat(settings(environment(services.at("/api/environment"))).roles())
                .containsExactly(Settings.Role.API);
        assertThat(settings(environment(services.at("/worker/environment"))).roles())
                .containsExactly(Settings.Role.WORKER);
        assertThat(services.at("/worker/deploy/replicas").asInt()).isEqualTo(2);
        assertThat(services.at("/api/ports/0").asText()).isEqualTo("127.0.0.1:%d:%d", PORT, PORT);
    }

    @Test
    void composeForDevelopmentIsOnlyPostgresAndRedis() throws IOException {
        var development = new TreeSet<String>();
        yaml(Path.of("compose.yaml")).getFirst().get("services").properties().forEach(service -> {
            if (service.getValue().at("/profiles/0").asText().equals("dev")) {
                development.add(service.getKey());
                assertThat(service.getValue().at("/ports/0").asText()).startsWith("127.0.0.1:");
            }
        });
        assertThat(development).containsExactly("dev-postgres", "dev-redis");
    }

    @Test
    void theImageRunsWithoutRightsAndAsksForItsOwnHealth() throws IOException {
        var lines = Files.readAllLines(Path.of("Dockerfile"));
        assertThat(lines).contains("USER 10001:10001", "EXPOSE %d %d".formatted(PORT, METRICS))
                .anyMatch(line -> line.startsWith("HEALTHCHECK") && line.contains("\"health\", \"" + METRICS + "\""));
        var environment = new HashMap<>(GIVEN);
        environment.put("DATABASE_URL", "postgresql://a:b@db/promptlab");
        lines.stream().filter(line -> line.startsWith("ENV ")).flatMap(line -> Stream.of(line.substring(4).split(" ")))
                .map(pair -> pair.split("=", 2)).forEach(pair -> environment.put(pair[0], pair[1]));
        var settings = settings(environment);
        assertThat(settings.port()).isEqualTo(PORT);
        assertThat(settings.metricsPort()).isEqualTo(METRICS);
        assertThat(settings.host()).isEqualTo("0.0.0.0");
    }

    @Test
    void everyObjectForKubernetesIsSafeAndProbesWhatIsServed() throws IOException {
        var kinds = new TreeSet<String>();
        for (var object : objects()) {
            kinds.add(object.get("kind").asText());
            assertThat(object.at("/metadata/name").asText()).isNotEmpty();
            if (object.get("kind").asText().equals("Deployment")) {
                checkPod(object.at("/spec/template/spec"), object.at("/metadata/labels"),
                        object.at("/spec/template/metadata/labels"));
            }
        }
        assertThat(kinds).containsExactly("ConfigMap", "Deployment", "HorizontalPodAutoscaler", "Namespace",
                "NetworkPolicy", "PodDisruptionBudget", "Secret", "Service", "ServiceAccount");
    }

    private static void checkPod(JsonNode pod, JsonNode labels, JsonNode podLabels) throws IOException {
        var container = pod.at("/containers/0");
        assertThat(labels).isEqualTo(podLabels);
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
        var served = ApiOperation.all().stream().map(operation -> operation.method() + " " + operation.path()).toList();
        for (var probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(container.at("/" + probe + "/httpGet/port").asText()).isEqualTo("metrics");
            assertThat(served).contains("GET " + container.at("/" + probe + "/httpGet/path").asText());
        }
        var ports = new HashMap<String, Integer>();
        container.get("ports").forEach(port -> ports.put(port.get("name").asText(), port.get("containerPort").asInt()));
        assertThat(ports).containsEntry("metrics", METRICS);
        assertThat(ports.getOrDefault("http", PORT)).isEqualTo(PORT);
    }

    @Test
    void podsHaveTheTimeToStopInOrder() throws IOException {
        var config = objects().stream().filter(object -> object.get("kind").asText().equals("ConfigMap")).findFirst()
                .orElseThrow().get("data");
        var needed = settings(environmentOf(config)).stopDelay().plus(settings(environmentOf(config)).drainTimeout());
        for (var object : objects()) {
            if (object.get("kind").asText().equals("Deployment")) {
                assertThat(object.at("/spec/template/spec/terminationGracePeriodSeconds").asLong())
                        .isGreaterThan(needed.toSeconds());
            }
        }
        assertThat(settings(environmentOf(config)).stopDelay()).isPositive();
    }

    private static Map<String, String> environmentOf(JsonNode config) {
        var environment = new HashMap<>(GIVEN);
        environment.put("DATABASE_URL", "postgresql://a:b@db/promptlab");
        environment.putAll(environment(config));
        return environment;
    }

    @Test
    void everyAutoscalerDisruptionBudgetAndServicePointsAtPods() throws IOException {
        var pods = new ArrayList<Map<String, String>>();
        var deployments = new TreeSet<String>();
        for (var object : objects()) {
            if (object.get("kind").asText().equals("Deployment")) {
                pods.add(environment(object.at("/spec/template/metadata/labels")));
                deployments.add(object.at("/metadata/name").asText());
            }
        }
        for (var object : objects()) {
            var spec = object.path("spec");
            switch (object.get("kind").asText()) {
                case "Service" -> assertSelects(pods, spec.get("selector"));
                case "PodDisruptionBudget" -> assertSelects(pods, spec.at("/selector/matchLabels"));
                case "NetworkPolicy" -> assertSelects(pods, spec.at("/podSelector/matchLabels"));
                case "HorizontalPodAutoscaler" ->
                    assertThat(deployments).contains(spec.at("/scaleTargetRef/name").asText());
                default -> {}
            }
        }
    }

    private static void assertSelects(List<Map<String, String>> pods, JsonNode labels) {
        assertThat(pods).anyMatch(pod -> pod.entrySet().containsAll(environment(labels).entrySet()));
    }

    @Test
    void theChartUsesOnlyValuesThatAreThereAndClosesWhatItOpens() throws IOException {
        var values = yaml(CHART.resolve("values.yaml")).getFirst();
        var chart = yaml(CHART.resolve("Chart.yaml")).getFirst();
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<artifactId>promptlab</artifactId>\n  <version>" + chart.get("appVersion").asText());
        for (var template : files(CHART.resolve("templates"))) {
            var text = Files.readString(template);
            assertThat(VALUE.matcher(text).results().map(match -> "/" + match.group(1).replace('.', '/')))
                    .as(template.toString())
                    .allSatisfy(path -> assertThat(values.at(path).isMissingNode()).as(path).isFalse());
            var keywords = ACTION.matcher(text).results().map(match -> String.valueOf(match.group(1))).toList();
            assertThat(keywords.stream().filter("end"::equals).count()).as(template.toString())
                    .isEqualTo(keywords.stream().filter(Set.of("if", "with", "range", "define")::contains).count());
        }
    }

    @Test
    void theChartAndThePlainManifestsProbeAndScaleAlike() throws IOException {
        var plain = Files.readString(KUBERNETES.resolve("worker.yaml"));
        var chart = Files.readString(CHART.resolve("templates/workloads.yaml"));
        for (var same : List.of("path: /health/startup, port: metrics", "path: /health/live, port: metrics",
                "path: /health/ready, port: metrics", "readOnlyRootFilesystem: true",
                "name: metrics, containerPort: 9464",
                "name: promptlab_queue_oldest_seconds", "maxUnavailable: 1", "drop: [\"ALL\"]")) {
            assertThat(plain).contains(same);
            assertThat(chart).contains(same);
        }
        assertThat(Files.readString(KUBERNETES.resolve("prometheus-adapter.yaml")))
                .contains("promptlab_queue_oldest_seconds");
    }

    @Test
    void theUnitRunsTheLauncherWithoutRights() throws IOException {
        var unit = new LinkedHashMap<String, String>();
        Files.readAllLines(Path.of("deploy/systemd/promptlab.service")).stream()
                .filter(line -> !line.startsWith("#") && line.contains("="))
                .forEach(line -> unit.merge(line.substring(0, line.indexOf('=')),
                        line.substring(line.indexOf('=') + 1),
                        (a, b) -> a + " " + b));
        assertThat(unit).containsEntry("ExecStart", "/opt/promptlab/promptlab serve").containsEntry("User", "promptlab")
                .containsEntry("NoNewPrivileges", "yes").containsEntry("ProtectSystem", "strict")
                .containsEntry("CapabilityBoundingSet", "").containsEntry("SuccessExitStatus", "143")
                .containsEntry("KillMode", "mixed");
        assertThat(unit.get("Environment")).contains("PROMPTLAB_DATA_DIR=/var/lib/" + unit.get("StateDirectory"));
    }

    @Test
    void systemdFindsNoFaultWithTheUnit() throws Exception {
        var said = run("systemd-analyze", "verify", "deploy/systemd/promptlab.service");
        // The program is not installed where the tests run.
        assertThat(said.lines().filter(line -> !line.contains("is not executable"))).isEmpty();
    }

    @Test
    void prometheusUnderstandsTheRules() throws Exception {
        assertThat(run("promtool", "check", "rules", "deploy/prometheus/rules.yaml")).doesNotContain("FAILED");
    }

    @Test
    void kustomizeBuildsTheManifests() throws Exception {
        var said = run("kubectl", "kustomize", KUBERNETES.toString());
        assertThat(said).satisfiesAnyOf(text -> assertThat(text).isEmpty(),
                text -> assertThat(text).contains("kind: HorizontalPodAutoscaler", "image: promptlab:0.1.0",
                        "namespace: promptlab"));
    }

    @Test
    void helmRendersTheChart() throws Exception {
        assertThat(run("helm", "template", "demo", CHART.toString(), "--set", "ingress.enabled=true"))
                .doesNotContain("Error:");
    }

    /// What the program says; nothing when it is not installed.
    private static String run(String... command) throws IOException, InterruptedException {
        var places = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"));
        if (places.noneMatch(place -> Files.isExecutable(Path.of(place, command[0])))) {
            return "";
        }
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private static Settings settings(Map<String, String> environment) {
        return Settings.load(Map.of(), environment);
    }

    /// Names and values, with what compose would be given from outside.
    private static Map<String, String> environment(JsonNode node) {
        var environment = new HashMap<String, String>();
        node.properties().forEach(entry -> environment.put(entry.getKey(), VARIABLE.matcher(entry.getValue().asText())
                .replaceAll(match -> GIVEN.getOrDefault(match.group(1), ""))));
        return environment;
    }

    private static List<JsonNode> objects() throws IOException {
        var objects = new ArrayList<JsonNode>();
        for (var file : files(KUBERNETES)) {
            yaml(file).stream().filter(object -> object.has("kind")
                    && !object.get("kind").asText().equals("Kustomization")).forEach(objects::add);
        }
        return objects;
    }

    /// Through SnakeYAML's own loader, which knows anchors and merges.
    private static List<JsonNode> yaml(Path file) throws IOException {
        var documents = new ArrayList<JsonNode>();
        var mapper = new YAMLMapper();
        for (var document : new org.yaml.snakeyaml.Yaml().loadAll(Files.readString(file))) {
            documents.add(mapper.valueToTree(document));
        }
        return documents;
    }

    private static List<Path> files(Path... trees) {
        return Stream.of(trees).flatMap(tree -> {
            try (var paths = Files.walk(tree)) {
                return paths.filter(Files::isRegularFile).toList().stream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).toList();
    }
}
