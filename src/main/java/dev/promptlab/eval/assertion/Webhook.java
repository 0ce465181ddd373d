package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.net.URI;

import com.fasterxml.jackson.databind.JsonNode;

/// Calls URLs that suites name. Whether a URL may be called is for the implementation to say.
@FunctionalInterface
public interface Webhook {
    /// Refuses all of them.
    Webhook NONE = (_, _) -> {
        throw new IOException("webhooks cannot be called here");
    };

    /// @return the body of a 2xx answer
    /// @throws IOException for everything else
    JsonNode post(URI url, JsonNode body) throws IOException, InterruptedException;
}
