package dev.promptlab.bench;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.testing.ServerProcess;

/// How long people wait for pages and charts when there are 1,000,000 jobs of 30 days: every filter of `GET /jobs` with the pages
/// that follow, its histogram, and every chart of a month. One request at a time; 95th percentile of 40 each.
final class HistoryBench {
    private static final int JOBS = 1_000_000;
    private static final int BATCH = 50_000;
    private static final int REQUESTS = 40;
    private static final int PAGE_BAR = 300;
    private static final int CHART_BAR = 500;
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Figures figures = new Figures();
    private final URI server;

    private HistoryBench(int port) {
        this.server = URI.create("http://127.0.0.1:" + port);
    }

    public static void main(String[] args) throws Exception {
        try (var postgres = BenchPostgres.start()) {
            var database = postgres.create();
            timed("fill", () -> fill(postgres.superuser(database)));
            try (var server = BenchServer.start(database)) {
                run(server);
            }
        }
    }

    private static void run(ServerProcess process) throws Exception {
        var bench = new HistoryBench(process.port());
        try {
            timed("roll up what was there before", bench::awaitRollup);
            bench.pages();
            bench.charts();
            bench.figures.print();
        } catch (RuntimeException e) {
            System.err.println(process.output());
            throw e;
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void timed(String what, Step step) throws Exception {
        long start = System.nanoTime();
        step.run();
        System.out.printf("%s: %.1f s%n", what, (System.nanoTime() - start) / 1e9);
    }

    private void awaitRollup() throws IOException, InterruptedException {
        while (!get("/stats/summary?from=" + ago(Duration.ofDays(35))).body().contains("\"jobs\":" + JOBS)) {
            Thread.sleep(200);
        }
    }

    private void pages() throws IOException, InterruptedException {
        var filters = new LinkedHashMap<String, String>();
        filters.put("all", "");
        for (var status : List.of("queued", "running", "completed", "failed", "cancelled")) {
            filters.put("status " + status, "status=" + status);
        }
        filters.put("provider", "provider=openai");
        filters.put("provider, rare", "provider=rare");
        filters.put("model", "provider=openai&model=model-3");
        filters.put("model, rare", "model=model-rare");
        filters.put("model, none", "model=no-such-model");
        filters.put("template", "templateId=" + template(3));
        filters.put("template, none", "templateId=" + template(9_999));
        filters.put("priority high, rare", "priority=high");
        filters.put("cost", "minCostUSD=0.0009");
        filters.put("cost, rare", "minCostUSD=0.9");
        filters.put("cost, none", "minCostUSD=5");
        filters.put("range, a day 20 days ago",
                "from=" + ago(Duration.ofDays(20)) + "&to=" + ago(Duration.ofDays(19)));
        filters.put("text, frequent", "q=lorem");
        filters.put("text, rare", "q=" + encode("needle-777777"));
        filters.put("text, none", "q=" + encode("no such text"));
        filters.put("text of failed", "status=failed&q=" + encode("no such text"));
        for (var filter : filters.entrySet()) {
            measure("page: " + filter.getKey() + ", ms", PAGE_BAR,
                    "/jobs?limit=50" + (filter.getValue().isEmpty() ? "" : "&" + filter.getValue()), true);
        }
        for (var filter : List.of("all", "model, rare", "text, none")) {
            measure("histogram: " + filter + ", ms", PAGE_BAR, "/jobs/histogram?" + filters.get(filter), false);
        }
    }

    private void charts() throws IOException, InterruptedException {
        var month = "from=" + ago(Duration.ofDays(30));
        var charts = Map.of("jobs", List.of("status", "template"), "cost", List.of("provider", "template", "model"),
                "tokens", List.of("none"), "errors", List.of("failure"), "latency", List.of("provider", "model"),
                "queueWait", List.of("none"));
        measure("summary of 30 days, ms", CHART_BAR, "/stats/summary?compare=true&" + month, false);
        measure("templates of 7 days, ms", CHART_BAR, "/stats/templates", false);
        for (var chart : charts.entrySet()) {
            for (var by : chart.getValue()) {
                measure("chart of 30 days: " + chart.getKey() + " by " + by + ", ms", CHART_BAR,
                        "/stats/series?metric=" + chart.getKey() + "&by=" + by + "&" + month, false);
            }
        }
    }

    /// @param follow measures the pages that follow, too
    private void measure(String name, int bar, String path, boolean follow) throws IOException, InterruptedException {
        var times = new ArrayList<Double>();
        var next = path;
        for (int i = -2; i < REQUESTS; i++) {
            long start = System.nanoTime();
            var answer = get(next);
            if (i >= 0) {
                times.add((System.nanoTime() - start) / 1e6);
            }
            var link = answer.headers().firstValue("Link").map(NEXT::matcher).filter(java.util.regex.Matcher::find);
            next = follow ? link.map(found -> found.group(1)).orElse(path) : path;
        }
        times.sort(null);
        figures.bar(name, Figures.Bar.atMost(bar));
        figures.add(name, times.get((int) (times.size() * 0.95) - 1));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        var answer = http.send(HttpRequest.newBuilder(server.resolve(path)).build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer;
    }

    private static String ago(Duration time) {
        return Instant.now().minus(time).toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String template(int number) {
        return "00000000-0000-7000-9000-%012d".formatted(number);
    }

    private static void fill(DatabaseUrl superuser) throws SQLException {
        try (var connection = DriverManager.getConnection(superuser.jdbcUrl(), superuser.user(), superuser.password());
                var lane = connection.createStatement();
                var insert = connection.prepareStatement(INSERT)) {
            lane.execute(
                    "insert into lane (provider, endpoint, key_scope, model) values ('openai', 'x', 'server', 'm')");
            for (int from = 0; from < JOBS; from += BATCH) {
                insert.setInt(1, from);
                insert.setInt(2, from + BATCH - 1);
                insert.execute();
            }
            lane.execute("vacuum analyze");
        }
    }

    /// Jobs number n of them: what is rare is among the oldest, where a walk from the newest finds it last.
    private static final String INSERT = """
            with made as (
                insert into job (id, workspace_id, priority, lane_id, template_id, template_name, template_version, provider, model, variables,
                                 params, messages, input_hash, max_attempts, estimated_input_tokens, created_at)
                select cast(lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n %% 4096), 3, '0')
                            || '8' || substr(md5(n::text), 1, 15) as uuid),
                       '00000000-0000-7000-8000-000000000001', case when n %% 100000 = 7 then 0 else 1 end, (select min(id) from lane),
                       case when n %% 3 > 0 then cast('00000000-0000-7000-9000-' || lpad((n %% 12)::text, 12, '0') as uuid) end,
                       case when n %% 3 > 0 then 'template ' || n %% 12 end, case when n %% 3 > 0 then 1 end,
                       case when n %% 100000 = 5 then 'rare' when n %% 2 = 0 then 'openai' else 'anthropic' end,
                       case when n %% 100000 = 5 then 'model-rare' else 'model-' || n %% 8 end, '{}', '{}',
                       json_build_array(json_build_object('role', 'user', 'content', 'needle-' || n || repeat(' lorem ipsum dolor', 50))),
                       sha256(n::text::bytea), 3, 200, at
                  from (select n, now() - interval '30 d' * (1 - n / %d::double precision) - interval '5 s' as at
                          from generate_series(cast(? as int), cast(? as int)) n) x
                returning id, workspace_id, created_at, cast(split_part(split_part(messages -> 0 ->> 'content', '-', 2), ' ', 1) as int) as n),
            ended as (
                insert into job_result (job_id, workspace_id, outcome, epoch, attempts, output, error_code, error, input_tokens, output_tokens,
                                        cost_usd, started_at, finished_at)
                select id, workspace_id, case when n %% 33 = 1 then 'failed' when n %% 200 = 2 then 'cancelled' else 'completed' end, 1, 1,
                       repeat('answer number ' || n || ' ', 30), 'timeout', case when n %% 33 = 1 then 'no answer in time' end, 200, 100,
                       case when n %% 100000 = 9 then 1 else 0.0001 * (n %% 10) end, created_at + interval '100 ms', created_at + interval '2 s'
                  from made)
            insert into job_attempt (job_id, attempt, workspace_id, epoch, worker_id, started_at, finished_at, outcome, failure_class,
                                     input_tokens, output_tokens, cached_input_tokens, cost_usd)
            select id, 1, workspace_id, 1, 'bench', created_at + interval '100 ms', created_at + (100 + n %% 1900) * interval '1 ms',
                   case when n %% 33 = 1 then 'failed' else 'completed' end, case when n %% 33 = 1 then 'timeout' end, 200, 100, 0,
                   case when n %% 100000 = 9 then 1 else 0.0001 * (n %% 10) end
              from made"""
            .formatted(JOBS);
}
