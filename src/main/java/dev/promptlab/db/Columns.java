package dev.promptlab.db;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;

import org.jdbi.v3.core.argument.Argument;
import org.jspecify.annotations.Nullable;

/// Columns of a batch, as array parameters for `unnest`. Arrays of the exact Java type: the driver sends those of texts, bytes and
/// numbers as they are, and would spell out any other character by character.
public final class Columns {
    private Columns() {}

    public static <R> Argument texts(List<R> rows, Function<R, @Nullable String> value) {
        return column("text", rows, String[]::new, value);
    }

    public static <R> Argument uuids(List<R> rows, Function<R, @Nullable UUID> value) {
        return column("uuid", rows, UUID[]::new, value);
    }

    public static <R> Argument ints(List<R> rows, Function<R, @Nullable Integer> value) {
        return column("int4", rows, Integer[]::new, value);
    }

    public static <R> Argument longs(List<R> rows, Function<R, @Nullable Long> value) {
        return column("int8", rows, Long[]::new, value);
    }

    public static <R> Argument flags(List<R> rows, Function<R, @Nullable Boolean> value) {
        return column("bool", rows, Boolean[]::new, value);
    }

    public static <R> Argument bytes(List<R> rows, Function<R, byte @Nullable []> value) {
        return column("bytea", rows, byte[][]::new, value);
    }

    public static <R> Argument decimals(List<R> rows, Function<R, @Nullable BigDecimal> value) {
        return column("numeric", rows, BigDecimal[]::new, value);
    }

    public static <R> Argument times(List<R> rows, Function<R, @Nullable Instant> value) {
        return column("timestamptz", rows, String[]::new, row -> Objects.toString(value.apply(row), null));
    }

    private static <R, T> Argument column(String type, List<R> rows, IntFunction<@Nullable T[]> array,
            Function<R, @Nullable T> value) {
        var values = array.apply(rows.size());
        for (int i = 0; i < values.length; i++) {
            values[i] = value.apply(rows.get(i));
        }
        return (position, statement, _) -> statement.setArray(position,
                statement.getConnection().createArrayOf(type, values));
    }
}
