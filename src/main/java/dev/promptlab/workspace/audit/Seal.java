package dev.promptlab.workspace.audit;

/// A link of a chain.
///
/// @param seq from 1, without gaps
/// @param hash 32 bytes over this event and everything before it
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record Seal(long seq, long eventId, byte[] hash) {}
