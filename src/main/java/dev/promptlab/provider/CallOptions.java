package dev.promptlab.provider;

import java.time.Duration;

/// How one call is made.
///
/// @param timeout hard deadline over the whole call, body included
/// @param attempt number of this attempt of the job, from 1; `mock` scripts its failures by it
public record CallOptions(Duration timeout, int attempt) {}
