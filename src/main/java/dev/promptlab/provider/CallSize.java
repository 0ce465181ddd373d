package dev.promptlab.provider;

import java.util.OptionalLong;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// What bounds the answer of a call.
///
/// @param inputTokens at most
/// @param modelLimit the most tokens that the model may write, when the price table says so
public record CallSize(String model, ObjectNode params, long inputTokens, OptionalLong modelLimit) {
    /// The largest of these params that is a whole number from 1; empty when none is there.
    ///
    /// @param names of all spellings
    public OptionalLong largest(String... names) {
        return Stream.of(names).map(params::path)
                .filter(node -> node.canConvertToExactIntegral() && node.canConvertToLong() && node.longValue() > 0)
                .mapToLong(node -> node.longValue()).max();
    }
}
