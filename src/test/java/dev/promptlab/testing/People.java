package dev.promptlab.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;

/// Signs people up at a server with login.
///
/// @param server of the whole service
public record People(String server) {
    public static final String PASSWORD = "correct horse battery";

    /// Somebody who is signed in, with a workspace of their own.
    public record Member(ApiClient api, String email, String userId, String workspaceId, JsonNode signedIn) {
        /// As somebody in another workspace.
        public ApiClient in(String workspaceId) {
            return api.with("X-Workspace-Id", workspaceId);
        }

        /// A client with a new API key of this person.
        public ApiClient withKey(ApiClient anybody) {
            return anybody.with("X-API-Key", key());
        }

        /// A browser's, of one more session.
        public String cookie() {
            return api.post("/auth/login",
                    Json.object().put("email", email).put("password", PASSWORD).put("cookie", true)).expect(200)
                    .header("Set-Cookie").orElseThrow().split(";", 2)[0];
        }

        public String key() {
            return api.post("/api-keys", Json.object().put("name", "of " + email)).expect(201).json().get("key")
                    .asText();
        }
    }

    public ApiClient anybody() {
        return ApiClient.of(server);
    }

    public Member signUp(String name) {
        var email = name + "@example.com";
        var json = anybody().post("/auth/register",
                Json.object().put("email", email).put("password", PASSWORD).put("name", name)).expect(201).json();
        var api = anybody().with("Authorization", "Bearer " + json.get("token").asText());
        var workspace = api.get("/auth/me").expect(200).json().at("/workspaces/0/id").asText();
        return new Member(api, email, json.at("/user/id").asText(), workspace, json);
    }
}
