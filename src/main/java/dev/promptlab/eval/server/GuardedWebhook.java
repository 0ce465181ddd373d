package dev.promptlab.eval.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.egress.PinnedHttp;
import dev.promptlab.eval.assertion.Webhook;
import dev.promptlab.web.Json;

/// Calls the URLs of assertions, through the guard that callbacks have.
public final class GuardedWebhook implements Webhook {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 1 << 20;

    private final PinnedHttp http;
    private final OutgoingUrls urls;

    public GuardedWebhook(PinnedHttp http, OutgoingUrls urls) {
        this.http = http;
        this.urls = urls;
    }

    @Override
    public JsonNode post(URI url, JsonNode body) throws IOException, InterruptedException {
        var problem = urls.problem(url.toString());
        if (problem.isPresent()) {
            throw new IOException("the URL " + problem.get());
        }
        try (var answer = http.open(url, Map.of("Content-Type", "application/json"), Json.bytes(body), PATIENCE)) {
            if (answer.status() / 100 != 2) {
                throw new IOException("the webhook answered " + answer.status());
            }
            var bytes = new ByteArrayOutputStream();
            var buffer = new byte[8_192];
            for (var read = answer.read(buffer, PATIENCE); read >= 0; read = answer.read(buffer, PATIENCE)) {
                bytes.write(buffer, 0, read);
                if (bytes.size() > MOST_BYTES) {
                    throw new IOException("the webhook's answer is larger than 1 MiB");
                }
            }
            return Json.read(bytes.toByteArray());
        }
    }
}
