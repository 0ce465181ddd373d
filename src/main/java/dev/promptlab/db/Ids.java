package dev.promptlab.db;

import java.util.UUID;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;

/// Ids of rows: UUIDv7 (RFC 9562), ascending within one process as long as its clock is not set back, so that lists can be
/// ordered and paged by id. Thread-safe.
public final class Ids {
    private static final TimeBasedEpochGenerator GENERATOR = Generators.timeBasedEpochGenerator();

    private Ids() {}

    public static UUID next() {
        return GENERATOR.generate();
    }
}
