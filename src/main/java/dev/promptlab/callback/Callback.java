package dev.promptlab.callback;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// How far the callback of a job has come.
///
/// @param deliveryId null while the job lives
/// @param attempts calls about the latest end
/// @param nextAttemptAt of a pending one that is not being called right now
record Callback(
        String url,
        State state,
        @Nullable UUID deliveryId,
        int attempts,
        @Nullable Integer lastStatus,
        @Nullable String lastError,
        @Nullable Instant nextAttemptAt,
        @Nullable Instant deliveredAt) {

    enum State {
        /// The job lives.
        WAITING("waiting"),
        /// It has ended; the receiver has not said yes yet.
        PENDING("pending"),
        /// The receiver has answered 2xx.
        DELIVERED("delivered"),
        /// No more calls, unless somebody asks for them.
        GAVE_UP("gave_up");

        private final String code;

        State(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    ObjectNode toJson() {
        return Json.object().put("url", url).put("state", state.code())
                .put("deliveryId", deliveryId == null ? null : deliveryId.toString()).put("attempts", attempts)
                .put("lastStatus", lastStatus).put("lastError", lastError)
                .put("nextAttemptAt", nextAttemptAt == null ? null : Json.time(nextAttemptAt))
                .put("deliveredAt", deliveredAt == null ? null : Json.time(deliveredAt));
    }
}
