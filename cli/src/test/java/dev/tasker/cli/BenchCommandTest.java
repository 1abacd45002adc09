package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {

    @Test
    void smallRunIsOneJsonObject() {
        Execution bench = Execution.of(
                "bench",
                "--json",
                "--scenario=diamond",
                "--tasks=30",
                "--latency-tasks=5",
                "--concurrency=10",
                "--slots=20",
                "--ceiling-seconds=1");

        assertThat(bench.exitCode()).as(bench.err()).isZero();
        assertThat(bench.out().lines()).hasSize(1);
        JsonNode report = JsonMapper.shared().readTree(bench.out());
        assertThat(report.get("scenario").asString()).isEqualTo("diamond");
        assertThat(report.get("transport").asString()).isEqualTo("in-process");
        assertThat(report.get("tasks").asInt()).isEqualTo(30);
        assertThat(report.get("steps").asInt()).isEqualTo(120);
        assertThat(report.get("steps_per_s").asDouble()).isPositive();
        assertThat(report.get("ratio_to_ceiling").isNumber()).isTrue();
    }

    @Test
    void rowsOfAFileAreCountedInOneJsonObject() {
        Execution bench = Execution.of("bench", "--json", "--scenario=csv", "--rows=1000", "--rows-per-checkpoint=100");

        assertThat(bench.exitCode()).as(bench.err()).isZero();
        JsonNode report = JsonMapper.shared().readTree(bench.out());
        assertThat(report.get("rows").asInt()).isEqualTo(1_000);
        assertThat(report.get("checkpoints").asInt()).isEqualTo(5);
        assertThat(report.get("rows_per_s").asInt()).isPositive();
    }

    @Test
    void creationsAndReadsOverHttpAreOneJsonObject() {
        Execution bench = Execution.of("bench", "--scenario=api", "--tasks=20");

        assertThat(bench.exitCode()).isZero();
        assertThat(JsonMapper.shared().readTree(bench.out()).get("scenario").asString())
                .isEqualTo("api");
    }

    @Test
    void listsAreOneJsonObject() {
        Execution bench = Execution.of("bench", "--scenario=lists", "--unfinished=200", "--finished=1000");

        assertThat(bench.exitCode()).as(bench.err()).isZero();
        assertThat(JsonMapper.shared().readTree(bench.out()).get("finished").asInt())
                .isEqualTo(1_000);
    }

    @Test
    void claimsAreComparedInOneJsonObject() {
        Execution bench = Execution.of("bench", "--scenario=claim", "--tasks=2000");

        assertThat(bench.exitCode()).as(bench.err()).isZero();
        JsonNode report = JsonMapper.shared().readTree(bench.out());
        assertThat(report.get("scenario").asString()).isEqualTo("claim");
        assertThat(report.get("many").asInt()).isEqualTo(2_000);
    }

    @Test
    void recountingIsOneJsonObject() {
        Execution bench = Execution.of("bench", "--scenario=doctor", "--tasks=600", "--concurrency=50");

        assertThat(bench.exitCode()).as(bench.err()).isZero();
        JsonNode report = JsonMapper.shared().readTree(bench.out());
        assertThat(report.get("scenario").asString()).isEqualTo("doctor");
        assertThat(report.get("tasks_per_second").asDouble()).isPositive();
        assertThat(report.get("ratio").asDouble()).isPositive();
    }

    @Test
    void cancellationBesideALoadIsOneJsonObject() {
        Execution bench = Execution.of("bench", "--scenario=cancel", "--tasks=300", "--concurrency=50");

        assertThat(bench.exitCode()).as(bench.err()).isZero();
        JsonNode report = JsonMapper.shared().readTree(bench.out());
        assertThat(report.get("scenario").asString()).isEqualTo("cancel");
        assertThat(report.get("tasks").asInt()).isEqualTo(300);
        assertThat(report.get("cancel_seconds").asDouble()).isPositive();
        assertThat(report.get("linear_alone_tasks_per_second").asDouble()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--scenario=circle  | scenario: circle (expected: linear, diamond, tree, fan-out or conditional)",
                "--transport=pigeon | transport: pigeon (expected: in-process, grpc or http)",
                "--width=0          | --width: 0 (expected: >= 1)",
                "--rows=0           | --rows: 0 (expected: >= 1)",
                "--rows-per-checkpoint=0 | --rows-per-checkpoint: 0 (expected: >= 1)",
                "--tasks=0          | --tasks: 0 (expected: >= 1)",
                "--latency-tasks=0  | --latency-tasks: 0 (expected: >= 1)",
                "--concurrency=-1   | --concurrency: -1 (expected: >= 1)",
                "--slots=0          | --slots: 0 (expected: >= 1)",
                "--ceiling-seconds=0 | --ceiling-seconds: 0 (expected: >= 1)",
                "--sessions=0       | --sessions: 0 (expected: >= 1)",
                "--seconds=0        | --seconds: 0 (expected: >= 1)"
            })
    void badValueIsOneSentence(String option, String sentence) {
        Execution bench = Execution.of("bench", option);

        assertThat(bench.exitCode()).isEqualTo(1);
        assertThat(bench.err()).isEqualTo("tasker: " + sentence + "\n");
        assertThat(bench.out()).isEmpty();
    }

    @Test
    void idleSessionsAreOneJsonObject() {
        Execution bench = Execution.of("bench", "--scenario=idle", "--sessions=3", "--seconds=1");

        assertThat(bench.exitCode()).as(bench.err()).isZero();
        JsonNode report = JsonMapper.shared().readTree(bench.out());
        assertThat(report.get("scenario").asString()).isEqualTo("idle");
        assertThat(report.get("sessions").asInt()).isEqualTo(3);
    }

    @Test
    void tooFewStepsToClaimAreOneSentence() {
        Execution bench = Execution.of("bench", "--scenario=claim", "--tasks=999");

        assertThat(bench.exitCode()).isEqualTo(1);
        assertThat(bench.err()).isEqualTo("tasker: tasks: 999 (expected: >= 1000)\n");
    }

    @Test
    void widthThatIsNoNumberIsAUsageError() {
        Execution bench = Execution.of("bench", "--width=wide");

        assertThat(bench.exitCode()).isEqualTo(2);
        assertThat(bench.err()).contains("--width").contains("wide");
    }
}
