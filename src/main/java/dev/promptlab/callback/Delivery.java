package dev.promptlab.callback;

import java.net.URI;
import java.time.Duration;
import java.util.UUID;

import dev.promptlab.egress.OutgoingUrls;
import org.jspecify.annotations.Nullable;

/// A call about an ended job that this process may make until its lease ends.
///
/// @param id the same in every call about this end of the job
/// @param attempt number of this call, from 1; only its claimer may settle
/// @param roundAttempt as `attempt`, counted from the beginning of the present round
/// @param roundAge how long that round has lasted, at the time of the claim
record Delivery(UUID id, UUID jobId, UUID workspaceId, URI url, int attempt, int roundAttempt, Duration roundAge) {

    String host() {
        return OutgoingUrls.host(url);
    }

    /// What became of a call.
    sealed interface Result {
        /// Of the answer; null without one.
        @Nullable
        Integer status();

        /// For people; null when there was none.
        @Nullable
        String error();

        /// The receiver has it.
        record Delivered(Integer status) implements Result {
            @Override
            public @Nullable String error() {
                return null;
            }
        }

        /// Call again after a while.
        record Again(Duration after, @Nullable Integer status, String error) implements Result {}

        /// No more calls.
        record GaveUp(@Nullable Integer status, String error) implements Result {}
    }
}
