package dev.tasker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.benchmarks.BenchOptions.Transport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whole runs, small: what they measure is real, only too little to say how fast. */
class BenchTest {

    @ParameterizedTest
    @CsvSource({
        "LINEAR, IN_PROCESS, false, 120",
        "FAN_OUT, GRPC, false, 180",
        "LINEAR, GRPC, true, 120",
        "LINEAR, HTTP, false, 120",
        "CONDITIONAL, IN_PROCESS, false, 120"
    })
    void smallRunReportsEveryFigure(Scenario scenario, Transport transport, boolean secure, long steps)
            throws Exception {
        BenchOptions options = new BenchOptions(scenario, 4, 30, 5, 10, 20, 1, transport, secure);

        BenchReport report = new Bench(options).run();

        assertThat(report.scenario()).isEqualTo(scenario.text());
        assertThat(report.transport()).isEqualTo(transport.text());
        assertThat(report.tasks()).isEqualTo(30);
        assertThat(report.steps()).isEqualTo(steps);
        assertThat(report.stepsPerSecond()).isPositive();
        long stepsPerTask = steps / 30;
        assertThat(report.stepsPerSecond() / report.tasksPerSecond())
                .isBetween(stepsPerTask - 0.01, stepsPerTask + 0.01);
        for (Latency latency : List.of(report.firstLatency(), report.latency())) {
            assertThat(latency.p50()).isPositive().isLessThanOrEqualTo(latency.p90());
            assertThat(latency.p90()).isLessThanOrEqualTo(latency.p99());
            assertThat(latency.p99()).isLessThanOrEqualTo(latency.max());
        }
        assertThat(report.commitsPerStep()).isPositive();
        assertThat(report.walBytesPerStep()).isPositive();
        assertThat(report.ceilingStepsPerSecond()).isPositive();
        assertThat(report.ratioToCeiling()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void rowsOfAFileAreCountedWithTheirCheckpoints(Transport transport) throws Exception {
        CsvBench.Report report = new CsvBench(1_000, 50, 10, transport).run();

        assertThat(report.rows()).isEqualTo(1_000);
        assertThat(report.checkpoints())
                .as("three within each of five batches of 200 rows")
                .isEqualTo(15);
        assertThat(report.rowsPerSecond()).isPositive();
        assertThat(report.text()).contains("csv over " + transport.text() + ": 1,000 rows in");
        assertThat(JsonMapper.shared().readTree(report.json()).get("rows_per_s").asInt())
                .isPositive();
    }

    @Test
    void repeatedRunsReportEachRate() throws Exception {
        BenchOptions options = new BenchOptions(Scenario.LINEAR, 4, 30, 5, 10, 20, 1, Transport.IN_PROCESS, false);

        RepeatBench.Report report = new RepeatBench(options, 3).run();

        assertThat(report.stepsPerSecond())
                .hasSize(3)
                .allSatisfy(rate -> assertThat(rate).isPositive());
        assertThat(report.text()).contains("linear over in-process, 3 runs of 30 tasks on one database");
    }

    @Test
    void firstRunIsComparedToTheMedianOfTheOthers() {
        RepeatBench.Report report =
                new RepeatBench.Report("linear", "in-process", 10, List.of(300.0, 100.0, 500.0, 400.0, 600.0));

        assertThat(report.firstToOthers()).isEqualTo(300.0 / 450.0);
        assertThat(report.json())
                .isEqualTo("{\"scenario\":\"linear\",\"transport\":\"in-process\",\"tasks\":10,"
                        + "\"steps_per_s\":[300.0,100.0,500.0,400.0,600.0],\"first_to_others\":0.667}");
    }

    @Test
    void oneRunIsNoRepetition() {
        BenchOptions options = new BenchOptions(Scenario.LINEAR, 4, 30, 5, 10, 20, 1, Transport.IN_PROCESS, false);

        assertThatThrownBy(() -> new RepeatBench(options, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("runs: 1 (expected: >= 2)");
    }

    @Test
    void claimsAreComparedAmongFewAndMany() throws Exception {
        ClaimBench.Report report = new ClaimBench(3_000).run();

        JsonNode json = JsonMapper.shared().readTree(report.json());
        assertThat(json.propertyNames())
                .containsExactly("scenario", "few", "many", "few_p50_ms", "many_p50_ms", "ratio");
        assertThat(json.get("scenario").asString()).isEqualTo("claim");
        assertThat(json.get("few").asInt()).isEqualTo(1_000);
        assertThat(json.get("many").asInt()).isEqualTo(3_000);
        assertThat(report.fewP50()).isPositive();
        assertThat(report.manyP50()).isPositive();
        assertThat(json.get("ratio").asDouble()).isPositive();
    }

    @Test
    void listsOfAFullDatabaseHaveExactTotals() throws Exception {
        ListBench.Report report = new ListBench(1_000, 3_000).run(); // fails when a total is wrong

        JsonNode json = JsonMapper.shared().readTree(report.json());
        assertThat(json.get("scenario").asString()).isEqualTo("lists");
        assertThat(json.get("state").get("p99_ms").asDouble()).isPositive();
        assertThat(report.readings()).hasSize(7);
    }

    @Test
    void sweepsOfAFullDatabaseAreTimed() throws Exception {
        JsonNode json = JsonMapper.shared()
                .readTree(new StalenessBench(1_000, 3_000).run().json());

        assertThat(json.get("scenario").asString()).isEqualTo("staleness");
        assertThat(json.get("hundred_p50_ms").asDouble()).isPositive();
    }

    @Test
    void ratesBesideAForeignTransactionAreComparedToThoseBefore() throws Exception {
        PinnedBench.Report report = new PinnedBench(Duration.ofSeconds(3), 50, 100).run();

        JsonNode json = JsonMapper.shared().readTree(report.json());
        assertThat(json.get("seconds").asInt()).isEqualTo(3);
        assertThat(report.ratio()).isPositive();
    }

    @Test
    void partitionsThatComeAndGoAreTimedByTheGapsBetweenCompletions() throws Exception {
        PeriodsBench.Report report = new PeriodsBench(1, 50, 100).run();

        JsonNode json = JsonMapper.shared().readTree(report.json());
        assertThat(json.get("gap_ms").asDouble()).isPositive();
        assertThat(json.get("quiet_gap_ms").asDouble()).isPositive();
    }

    @Test
    void steadyLoadKeepsItsPaceAndTellsSizes() throws Exception {
        StringWriter text = new StringWriter();
        new SteadyBench(2, Duration.ofSeconds(2), 50, 100, 100).run(new PrintWriter(text));

        List<String> lines = text.toString().lines().toList();
        assertThat(lines).hasSize(3);
        double[] figures = Arrays.stream(lines.get(2).split(","))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(figures).hasSize(lines.get(0).split(",").length).doesNotContain(0);
        assertThat(figures[1]).as("tasks per second").isBetween(25.0, 75.0);
    }

    @Test
    void retriesThatFallDueTogetherAreCountedFromThatMoment() throws Exception {
        RetryStormBench.Phases brief = new RetryStormBench.Phases(
                Duration.ofMillis(600), Duration.ofSeconds(4), Duration.ofMillis(500), Duration.ofMillis(500));
        RetryStormBench.Report report = new RetryStormBench(300, 100, brief).run();

        JsonNode json = JsonMapper.shared().readTree(report.json());
        assertThat(json.propertyNames())
                .containsExactly(
                        "scenario",
                        "steps",
                        "background_tasks_per_second",
                        "claimed_after_ms",
                        "background_before_ms",
                        "background_during_ms");
        assertThat(json.get("steps").asInt()).isEqualTo(300);
        assertThat(report.retries().max()).isPositive();
        assertThat(report.background()).isPositive();
        assertThat(report.tasksBefore().p50()).isPositive();
        assertThat(report.tasksDuring().p50()).isPositive();
    }

    @Test
    void idleSessionsAreCountedAndEachProcessPaysForItself() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        Thread busy = Thread.ofPlatform().daemon().start(() -> {
            while (!ended.get()) {
                Thread.onSpinWait();
            }
        });
        IdleBench.Report report;
        try {
            report = new IdleBench(5, Duration.ofSeconds(2)).run();
        } finally {
            ended.set(true);
            busy.join();
        }

        JsonNode json = JsonMapper.shared().readTree(report.json());
        assertThat(json.propertyNames())
                .containsExactly(
                        "scenario",
                        "sessions",
                        "seconds",
                        "server_cpu_percent",
                        "postgres_cpu_percent",
                        "clients_cpu_percent");
        assertThat(json.get("scenario").asString()).isEqualTo("idle");
        assertThat(json.get("sessions").asInt()).isEqualTo(5);
        assertThat(report.seconds()).isBetween(2.0, 10.0);
        assertThat(report.serverPercent()).as("this process, which is busy").isGreaterThan(20);
        assertThat(report.clientsPercent()).isBetween(0.0, report.serverPercent());
        assertThat(report.postgresPercent()).isBetween(0.0, report.serverPercent());
    }

    @Test
    void tooFewStepsToClaimAreRefused() {
        assertThatThrownBy(() -> new ClaimBench(999))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tasks: 999 (expected: >= 1000)");
    }
}
