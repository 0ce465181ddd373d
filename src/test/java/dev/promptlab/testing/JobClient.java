package dev.promptlab.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.web.Json;

/// Submits jobs and waits for their ends.
///
/// @param api of the server that takes them
public record JobClient(ApiClient api) {
    public static JobClient of(ServerProcess server) {
        return new JobClient(ApiClient.of(server.url()));
    }

    /// A prompt of one message for Anthropic's smallest model with a known price.
    public static ObjectNode request(String content) {
        return request("anthropic", "claude-3-haiku-20240307", content);
    }

    public static ObjectNode request(String provider, String model, String content) {
        var request = Json.object().put("provider", provider).put("model", model);
        request.putArray("messages").addObject().put("role", "user").put("content", content);
        return request;
    }

    /// @return the id of the new job
    public String submit(ObjectNode request) {
        return api.post("/generate", request).expect(202).json().get("jobId").asText();
    }

    /// As it is now.
    public JsonNode job(String id) {
        return api.get("/jobs/" + id).expect(200).json();
    }

    /// After its end; fails when that takes longer than a minute.
    public JsonNode finished(String id) {
        var job = api.get("/jobs/" + id + "?wait=60s").expect(200).json();
        if (!job.hasNonNull("finishedAt")) {
            throw new AssertionError("the job does not end: " + job.toPrettyString());
        }
        return job;
    }

    /// The job that an answer to a submit names, after its end.
    public JsonNode finished(Response answer) {
        return finished(answer.json().get("jobId").asText());
    }
}
