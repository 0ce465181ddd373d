package dev.promptlab.testing;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;

/// Two processes on one database, and what tests of results that are used again ask them.
public final class CacheNodes implements AutoCloseable {
    private final TestServer first;
    private final TestServer second;

    private CacheNodes(Map<String, String> environment) {
        this.first = TestServer.start(environment);
        this.second = first.another();
    }

    /// @param environment as processes would have it
    public static CacheNodes start(Map<String, String> environment) {
        return new CacheNodes(environment);
    }

    public ApiClient a() {
        return first.api();
    }

    public ApiClient b() {
        return second.api();
    }

    public static ObjectNode request(String content) {
        return JobClient.request("mock", "echo", content);
    }

    /// A completed job that answers `content`.
    public String completed(String content) {
        return new JobClient(a()).finished(a().post("/generate", request(content))).get("id").asText();
    }

    /// Which completed job this node answers with; a new one otherwise, and that ends.
    public static String jobOf(ApiClient node, ObjectNode request) {
        var answer = node.post("/generate", request).json();
        return answer.get("jobId").asText();
    }

    /// What the workspace has of all days.
    public JsonNode total() {
        a().get("/cache").expect(200); // each writes its own figures before it answers
        return b().get("/cache").expect(200).json().get("total");
    }

    /// For comparing with `hits` of [#total].
    public static ObjectNode hits(int memory, int redis, int database) {
        return Json.object().put("memory", memory).put("redis", redis).put("database", database);
    }

    @Override
    public void close() {
        second.close();
        first.close();
    }
}
