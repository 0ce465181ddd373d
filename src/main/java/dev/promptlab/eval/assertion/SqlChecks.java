package dev.promptlab.eval.assertion;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.delete.Delete;
import net.sf.jsqlparser.statement.insert.Insert;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.AllTableColumns;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.update.Update;
import net.sf.jsqlparser.util.TablesNamesFinder;
import org.jspecify.annotations.Nullable;

/// `is-sql` and `contains-sql`. One grammar reads all databases' dialects; what a database does not have at all (backticks
/// outside of MySQL, brackets outside of SQL Server) is refused by name.
final class SqlChecks {
    private static final int MAX_LENGTH = 200_000;
    private static final int MAX_MILLIS = 2_000;
    private static final Pattern FENCE = Pattern
            .compile("(?ms)^[ \\t]{0,3}```[ \\t]*([^\\r\\n]*)\\r?\\n(.*?)^[ \\t]{0,3}```[ \\t]*\\r?$");
    /// `select a b from` is read as an alias by a parser, and is a forgotten comma when a model writes it.
    private static final Pattern MISSING_COMMA = Pattern
            .compile("(?i)\\bselect\\s+(?:(?:distinct|all)\\s+)?([a-z_][a-z0-9_.]*)\\s+([a-z_][a-z0-9_.]*)\\s+from\\b");
    private static final Set<String> MODIFIERS = Set.of("distinct", "all", "top", "sql_no_cache");
    private static final Set<String> BACKTICKS = Set.of("mysql", "mariadb", "bigquery", "sqlite", "hive", "athena",
            "flinksql");

    private SqlChecks() {}

    static Grade isSql(Check check) {
        var wrong = problems(check.text().strip(), check.value());
        return check.verdict(wrong.isEmpty(), "be SQL" + (wrong.isEmpty() ? "" : ": " + String.join("; ", wrong)));
    }

    /// The blocks of a Markdown text that are marked `sql` or not at all, else the whole output.
    static Grade containsSql(Check check) {
        var blocks = new ArrayList<String>();
        var fences = FENCE.matcher(check.text());
        while (fences.find()) {
            var language = fences.group(1).strip().toLowerCase(Locale.ROOT);
            if (language.isEmpty() || language.equals("sql")) {
                blocks.add(fences.group(2).strip());
            }
        }
        var candidates = blocks.isEmpty() ? List.of(check.text().strip()) : blocks;
        List<String> wrong = List.of("there is none");
        for (var candidate : candidates) {
            wrong = problems(candidate, check.value());
            if (wrong.isEmpty()) {
                return check.verdict(true, "contain SQL");
            }
        }
        return check.verdict(false, "contain SQL: " + String.join("; ", wrong));
    }

    private static List<String> problems(String sql, JsonNode value) {
        var database = value.path("databaseType").asText("MySQL");
        if (sql.isEmpty() || sql.length() > MAX_LENGTH) {
            return List.of(sql.isEmpty() ? "it is empty" : "it is longer than " + MAX_LENGTH + " characters");
        }
        List<Statement> statements;
        try {
            statements = parse(sql, database);
        } catch (JSQLParserException e) {
            return List
                    .of("it is no " + database + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse("?"));
        }
        var problems = new ArrayList<String>();
        dialect(sql, database, problems);
        if (value.path("allowedTables").isArray()) {
            allowed("table", tables(statements), value.path("allowedTables"), problems);
        }
        if (value.path("allowedColumns").isArray()) {
            allowed("column", columns(statements), value.path("allowedColumns"), problems);
        }
        return problems;
    }

    private static List<Statement> parse(String sql, String database) throws JSQLParserException {
        boolean brackets = database.equalsIgnoreCase("TransactSQL");
        try {
            return List.copyOf(CCJSqlParserUtil.parseStatements(sql,
                    parser -> parser.withTimeOut(MAX_MILLIS).withSquareBracketQuotation(brackets)));
        } catch (StackOverflowError e) {
            throw new JSQLParserException("it is nested too deeply", e);
        }
    }

    private static void dialect(String sql, String database, List<String> problems) {
        var name = database.toLowerCase(Locale.ROOT);
        var bare = sql.replaceAll("'(?:[^']|''){0,10000}'", "''");
        long backticks = bare.chars().filter(c -> c == '`').count();
        if (backticks % 2 != 0 || (backticks > 0 && !BACKTICKS.contains(name))) {
            problems.add("it is no " + database + ": backticks");
        }
        var comma = MISSING_COMMA.matcher(bare);
        if (comma.find() && !MODIFIERS.contains(comma.group(1).toLowerCase(Locale.ROOT))) {
            problems.add("it is no " + database + ": a comma is missing between " + comma.group(1) + " and "
                    + comma.group(2));
        }
        if (name.equals("mysql") && bare.toLowerCase(Locale.ROOT).contains("generate_series")) {
            problems.add("MySQL has no generate_series");
        }
    }

    /// Entries are `select::database::table` or `select::table::column`, each an expression for the whole entry.
    private static void allowed(String what, Set<String> used, JsonNode list, List<String> problems) {
        var patterns = new ArrayList<Pattern>();
        for (var entry : list) {
            try {
                patterns.add(Pattern.compile("(?i)" + entry.asText()));
                patterns.add(Pattern.compile("(?i)" + entry.asText().replaceFirst("::[^:]+::", "::null::")));
            } catch (PatternSyntaxException e) {
                throw new Ungradable("an allowed " + what + " cannot be used: " + e.getMessage());
            }
        }
        var refused = used.stream().filter(each -> patterns.stream().noneMatch(pattern -> pattern.matches(each)))
                .toList();
        if (!refused.isEmpty()) {
            problems.add("it uses " + what + "s that are not allowed: " + String.join(", ", refused));
        }
    }

    private static Set<String> tables(List<Statement> statements) {
        var tables = new TreeSet<String>();
        for (var statement : statements) {
            for (var table : new TablesNamesFinder<Void>().getTables(statement)) {
                var parts = table.replaceAll("[`\"\\[\\]]", "").split("\\.");
                var database = parts.length > 1 ? parts[parts.length - 2] : "null";
                tables.add(kind(statement) + "::" + database + "::" + parts[parts.length - 1]);
            }
        }
        return tables;
    }

    private static Set<String> columns(List<Statement> statements) {
        var columns = new TreeSet<String>();
        for (var statement : statements) {
            new Columns(kind(statement), columns).getTables(statement);
        }
        return columns;
    }

    private static String kind(Statement statement) {
        return switch (statement) {
            case Select _ -> "select";
            case Insert _ -> "insert";
            case Update _ -> "update";
            case Delete _ -> "delete";
            default -> statement.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        };
    }

    /// Walks along with the search for tables and notes columns.
    private static final class Columns extends TablesNamesFinder<Void> {
        private final String kind;
        private final Set<String> found;

        Columns(String kind, Set<String> found) {
            this.kind = kind;
            this.found = found;
        }

        @Override
        public <S> Void visit(Column column, S context) {
            var table = column.getTable();
            add(table == null ? null : table.getName(), column.getColumnName());
            return super.visit(column, context);
        }

        @Override
        public <S> Void visit(AllColumns all, S context) {
            add(null, "(.*)");
            return super.visit(all, context);
        }

        @Override
        public <S> Void visit(AllTableColumns all, S context) {
            add(all.getTable().getName(), "(.*)");
            return super.visit(all, context);
        }

        private void add(@Nullable String table, String column) {
            found.add((kind + "::" + table + "::" + column).replaceAll("[`\"\\[\\]]", ""));
        }
    }
}
