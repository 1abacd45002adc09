package dev.tasker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The figures as programs and people read them. */
class BenchReportTest {
    private static final BenchReport REPORT = new BenchReport(
            "fan-out",
            "grpc",
            2_000,
            204_000,
            196.08,
            20_000.04,
            new Latency(2.25, 3.5, 5.125, 10.0),
            new Latency(1.25, 2.5, 4.125, 9.0),
            0.0421,
            1_850.44,
            40_000);

    @Test
    void jsonHasExactlyTheseKeysOnOneLine() {
        JsonNode json = JsonMapper.shared().readTree(REPORT.json());

        assertThat(REPORT.json().lines()).hasSize(1);
        assertThat(json.propertyNames())
                .containsExactly(
                        "scenario",
                        "transport",
                        "tasks",
                        "steps",
                        "tasks_per_s",
                        "steps_per_s",
                        "first_latency_ms",
                        "latency_ms",
                        "commits_per_step",
                        "wal_bytes_per_step",
                        "ceiling_steps_per_s",
                        "ratio_to_ceiling");
        assertThat(json.get("latency_ms").propertyNames()).containsExactly("p50", "p90", "p99", "max");
    }

    @Test
    void jsonCarriesTheFigures() {
        assertThat(REPORT.json())
                .isEqualTo("{\"scenario\":\"fan-out\",\"transport\":\"grpc\",\"tasks\":2000,\"steps\":204000,"
                        + "\"tasks_per_s\":196.1,\"steps_per_s\":20000.0,"
                        + "\"first_latency_ms\":{\"p50\":2.250,\"p90\":3.500,\"p99\":5.125,\"max\":10.000},"
                        + "\"latency_ms\":{\"p50\":1.250,\"p90\":2.500,\"p99\":4.125,\"max\":9.000},"
                        + "\"commits_per_step\":0.0421,\"wal_bytes_per_step\":1850.4,"
                        + "\"ceiling_steps_per_s\":40000.0,\"ratio_to_ceiling\":0.500}");
    }

    @Test
    void textIsForPeople() {
        assertThat(REPORT.text())
                .contains(
                        "fan-out over grpc: 2000 tasks, 204000 steps",
                        "latency      P50 1.25 ms, P90 2.50 ms, P99 4.13 ms, max 9.00 ms",
                        "at first     P50 2.25 ms, P90 3.50 ms, P99 5.13 ms, max 10.00 ms",
                        "20,000 steps/s, 196 tasks/s",
                        "0.0421 commits and 1,850 bytes of WAL per step",
                        "40,000 steps/s by SQL alone, ratio 0.50");
    }

    @Test
    void ratioToNothingIsZero() {
        BenchReport report = new BenchReport(
                "linear", "grpc", 1, 4, 1, 4, new Latency(1, 1, 1, 1), new Latency(1, 1, 1, 1), 1, 1, 0);

        assertThat(report.ratioToCeiling()).isZero();
    }
}
