package dev.promptlab.provider;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// A success.
///
/// @param requestId the provider's own id of the call
/// @param rateLimit what its headers say about the provider's limit
public record JsonResponse(JsonNode body, @Nullable String requestId, @Nullable RateLimit rateLimit) {}
