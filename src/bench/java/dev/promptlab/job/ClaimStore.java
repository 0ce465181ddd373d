package dev.promptlab.job;

import java.util.List;

import dev.promptlab.db.Database;
import dev.promptlab.web.Json;

import static java.util.stream.Collectors.joining;

/// Statements around a claim that only a benchmark needs. They find tables and the function by their names in the catalogue, so that
/// they go on to work when the schema changes.
final class ClaimStore {
    private static final int COPIES_AT_ONCE = 50;

    /// @param buffers shared blocks that were found or read
    record Cost(int jobs, double millis, long buffers) {}

    private ClaimStore() {}

    /// Explains one claim and rolls it back.
    static Cost claim(Database db, int wanted) {
        var function = db.autocommit(handle -> handle.createQuery("""
                select p.oid::regproc::text from pg_proc p
                 where p.proname like 'job\\_claim\\_v%' order by length(p.proname) desc, p.proname desc limit 1""")
                .mapTo(String.class).one());
        var plan = db.autocommit(handle -> {
            handle.begin();
            try {
                return handle
                        .createQuery("explain (analyze, buffers, timing off, format json) select * from " + function
                                + "('bench', :wanted, interval '30 s', 1000)")
                        .bind("wanted", wanted).mapTo(String.class).one();
            } finally {
                handle.rollback();
            }
        });
        var root = Json.parse(plan).get(0);
        var node = root.get("Plan");
        return new Cost(node.get("Actual Rows").intValue(), root.get("Execution Time").doubleValue(),
                node.get("Shared Hit Blocks").longValue() + node.get("Shared Read Blocks").longValue());
    }

    /// Keeps autovacuum away, so that the state of statistics is ours to decide.
    static void keepStill(Database db) {
        for (var table : tables(db)) {
            db.inTransaction(tx -> tx.execute("alter table " + table + " set (autovacuum_enabled = off)"));
        }
    }

    static void vacuum(Database db) {
        db.autocommit(handle -> handle.execute("vacuum analyze"));
    }

    static void forgetStatistics(Database db) {
        db.inTransaction(tx -> {
            tx.createQuery("""
                    select pg_clear_attribute_stats('public', c.relname::text, a.attname::text, false)::text
                      from pg_class c join pg_attribute a on a.attrelid = c.oid
                     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
                       and not a.attisdropped""").mapTo(String.class).list();
            tx.createQuery("""
                    select pg_clear_relation_stats('public', c.relname::text)::text from pg_class c
                     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i')""").mapTo(String.class)
                    .list();
        });
    }

    /// Copies whatever tables hold of every job, with other ids and hashes.
    static void copyJobs(Database db, int copies) {
        var tables = tables(db).stream().filter(table -> table.equals("job") || columns(db, table).contains("job_id"))
                .toList();
        for (var table : tables) {
            db.inTransaction(tx -> tx.execute("create table bench_copied as select * from " + table));
            for (int from = 1; from <= copies; from += COPIES_AT_ONCE) {
                copy(db, table, from, Math.min(copies, from + COPIES_AT_ONCE - 1));
            }
            db.inTransaction(tx -> tx.execute("drop table bench_copied"));
        }
    }

    private static void copy(Database db, String table, int from, int to) {
        var columns = columns(db, table);
        var values = columns.stream().map(column -> switch (column) {
            case "id", "job_id" -> "md5(c." + column + "::text || i)::uuid";
            case "input_hash" -> "sha256(c.input_hash || i::text::bytea)";
            default -> "c." + column;
        }).collect(joining(", "));
        db.inTransaction(tx -> tx.execute("insert into " + table + " (" + String.join(", ", columns) + ") select "
                + values + " from generate_series(" + from + ", " + to + ") i cross join bench_copied c"));
    }

    private static List<String> tables(Database db) {
        return db.autocommit(handle -> handle.createQuery("""
                select tablename::text from pg_tables where schemaname = 'public' order by tablename""")
                .mapTo(String.class).list());
    }

    private static List<String> columns(Database db, String table) {
        return db.autocommit(handle -> handle.createQuery("""
                select column_name::text from information_schema.columns
                 where table_schema = 'public' and table_name = :table and is_generated = 'NEVER' and is_identity = 'NO'
                 order by ordinal_position""").bind("table", table).mapTo(String.class).list());
    }
}
