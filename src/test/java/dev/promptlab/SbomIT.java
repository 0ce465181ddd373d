package dev.promptlab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.promptlab.web.Json;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SbomIT {
    @Test
    void theBillOfMaterialsNamesEveryJarThatIsDelivered() throws IOException {
        var bill = Json.read(Files.readAllBytes(Path.of("target", "promptlab-sbom.json")));
        var components = bill.get("components").valueStream()
                .map(component -> component.get("name").textValue() + "-" + component.get("version").textValue())
                .toList();
        try (var jars = Files.list(Path.of("target", "lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString().replaceFirst("\\.jar$", ""))).isNotEmpty()
                    .allSatisfy(jar -> assertThat(components).anyMatch(jar::startsWith)); // some have a classifier behind
        }
    }
}
