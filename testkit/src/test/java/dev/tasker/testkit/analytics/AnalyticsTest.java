package dev.tasker.testkit.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tasker.engine.Analytics;
import dev.tasker.engine.AnalyticsFilter;
import dev.tasker.engine.Bottlenecks;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.PerformanceMetrics;
import dev.tasker.engine.StepPerformance;
import dev.tasker.engine.StepState;
import dev.tasker.engine.SystemHealth;
import dev.tasker.engine.TaskPerformance;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Health, performance and bottlenecks (01 §3.8, §3.9, 03 §1.8). */
@ExtendWith(DatabaseExtension.class)
class AnalyticsTest {

    @Test
    void reportsTellWhatHappened(TestDatabase database) {
        database.execute("TRUNCATE tasker.tasks, tasker.task_identities, tasker.task_requests, tasker.workflow_steps,"
                + " tasker.step_history, tasker.task_history, tasker.rollups, tasker.rollup_durations,"
                + " tasker.ready_steps");
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            Analytics analytics = node.engine().analytics();
            TemplateFixture template = node.template("report", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID done = Rollups.create(node, template);
            database.advance(Duration.ofSeconds(40));
            worker.run("a");
            database.advance(Duration.ofSeconds(20));
            worker.run("b");
            UUID failed = Rollups.create(node, template);
            worker.failForGood(worker.next("a"));

            SystemHealth health = analytics.health();
            assertThat(health.count(TaskState.COMPLETE)).isEqualTo(1);
            assertThat(health.count(TaskState.BLOCKED_BY_FAILURES)).isEqualTo(1);
            assertThat(health.totalTasks()).isEqualTo(2);
            assertThat(health.count(StepState.COMPLETE)).isEqualTo(2);
            assertThat(health.count(StepState.ERROR)).isEqualTo(1);
            assertThat(health.count(StepState.PENDING)).isEqualTo(1);
            assertThat(health.totalSteps()).isEqualTo(4);

            PerformanceMetrics report = analytics.performance(24);
            assertThat(report.totalTasks()).isEqualTo(2);
            assertThat(report.activeTasks()).isEqualTo(1);
            assertThat(report.completedTasks()).isEqualTo(1);
            assertThat(report.failedTasks()).isEqualTo(1);
            assertThat(report.completionRate()).isEqualTo(50);
            assertThat(report.errorRate()).isEqualTo(50);
            assertThat(report.averageTaskDurationSeconds()).isCloseTo(60, within(5.0));
            assertThat(report.averageStepDurationSeconds()).isCloseTo((40 + 60 + 0) / 3.0, within(5.0));
            assertThat(report.systemHealthScore()).isEqualTo(0.5);
            assertThat(analytics.performance(1).tasksPerHour()).isEqualTo(2);
            assertThat(analytics.performance(0).stepsPerHour()).isEqualTo(4);
            assertThat(Duration.between(report.analysisPeriodStart(), report.calculatedAt()))
                    .isEqualTo(Duration.ofHours(24));

            List<StepPerformance> steps = analytics.steps(AnalyticsFilter.of(Duration.ofHours(1), 10), 1);
            assertThat(steps).extracting(StepPerformance::step).containsExactly("b", "a");
            assertThat(steps.getLast().executionCount()).isEqualTo(2);
            assertThat(steps.getLast().errorRate()).isEqualTo(0.5);
            assertThat(steps.getLast().maxDurationSeconds()).isCloseTo(40, within(5.0));
            List<TaskPerformance> tasks = analytics.tasks(AnalyticsFilter.of(Duration.ofHours(1), 10), 1);
            assertThat(tasks).hasSize(1);
            assertThat(tasks.getFirst().executionCount()).isEqualTo(2);
            assertThat(tasks.getFirst().averageStepCount()).isEqualTo(2);
            assertThat(tasks.getFirst().errorCount()).isEqualTo(1);
            assertThat(tasks.getFirst().errorRate()).isEqualTo(0.5);
            assertThat(analytics.tasks(AnalyticsFilter.of(Duration.ofHours(1), 10), 3))
                    .as("fewer")
                    .isEmpty();

            assertThat(analytics
                            .slowestTasks(AnalyticsFilter.of(Duration.ofHours(1), 10))
                            .getFirst()
                            .taskUuid())
                    .isEqualTo(done);
            assertThat(analytics.slowestSteps(
                            new AnalyticsFilter(Duration.ofHours(1), template.namespace(), "report", null, 1)))
                    .singleElement()
                    .satisfies(step -> assertThat(step.step()).isEqualTo("b"));
            assertThat(analytics.slowestSteps(new AnalyticsFilter(Duration.ofHours(1), "nowhere", null, null, 1)))
                    .isEmpty();

            Bottlenecks bottlenecks = analytics.bottlenecks(10, 1, 0.9);
            assertThat(bottlenecks.recommendations().subList(0, 2))
                    .containsExactly(
                            "High error rate detected (50.0%). Review error handling and retry logic.",
                            "Database pool utilization is high (90%). Consider increasing pool size or optimizing"
                                    + " queries.");
            assertThat(bottlenecks.recommendations().getLast())
                    .matches("Step '" + template.namespace()
                            + "/report@1\\.0\\.0::b' averages 6\\d\\.\\ds\\. Consider optimization or timeout"
                            + " adjustment\\.");
            assertThat(node.task(failed).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
        }
    }

    @Test
    void percentilesAreWithinTheBoundOfTheirClass(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("spread", "a");
            HandDrivenWorker worker = node.worker(1);
            for (int seconds : List.of(10, 20, 100)) {
                UUID task = Rollups.create(node, template);
                database.advance(Duration.ofSeconds(seconds));
                worker.run("a");
                assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            }
            List<Double> found = node.engine()
                    .analytics()
                    .durationPercentiles(
                            template.namespace(), "spread", "1.0.0", "a", Duration.ofHours(1), 0.3, 0.5, 0.99);
            assertThat(found.get(0)).isCloseTo(10, within(2.0));
            assertThat(found.get(1)).isCloseTo(20, within(3.0));
            assertThat(found.get(2)).isCloseTo(100, within(12.0));
            assertThat(node.engine()
                            .analytics()
                            .durationPercentiles(
                                    template.namespace(), "spread", "9.9.9", null, Duration.ofHours(1), 0.5))
                    .isEmpty();
        }
    }

    @Test
    void bucketsAreAtMostNinePercentWide(TestDatabase database) {
        assertThat(database.query("""
            SELECT ms FROM generate_series(1, 100000, 7) AS ms
            WHERE abs(tasker.rollup_bucket_ms(tasker.rollup_bucket(ms)) / ms - 1) > 0.0906
            """)).isEmpty();
    }

    @Test
    void healthScoreFollowsTheFormula() {
        Map<TaskState, Long> tasks = new EnumMap<>(TaskState.class);
        tasks.put(TaskState.COMPLETE, 8L);
        tasks.put(TaskState.ERROR, 2L);
        Map<StepState, Long> steps = new EnumMap<>(StepState.class);
        steps.put(StepState.COMPLETE, 15L);
        steps.put(StepState.ERROR, 1L);
        steps.put(StepState.WAITING_FOR_RETRY, 4L);
        SystemHealth health = new SystemHealth(tasks, steps);
        assertThat(health.score(0.4))
                .isCloseTo(50 * (0.8 + 0.75) - 25 * (0.2 + 0.05) - 15 * 0.4 - 10 * 0.2, within(1e-9));
        assertThat(SystemHealth.label(90)).isEqualTo("Excellent");
        assertThat(SystemHealth.label(89.9)).isEqualTo("Good");
        assertThat(SystemHealth.label(74.9)).isEqualTo("Fair");
        assertThat(SystemHealth.label(49.9)).isEqualTo("Poor");
        assertThat(SystemHealth.label(24.9)).isEqualTo("Critical");
        assertThat(health.hasHighErrorRate()).isTrue();
        assertThat(health.exhaustedRetrySteps()).isZero();
        assertThat(health.retryableErrorSteps()).isEqualTo(4);
        assertThat(health.inProgressTasks()).isZero();
        assertThat(new SystemHealth(new EnumMap<>(TaskState.class), new EnumMap<>(StepState.class)).score(0))
                .isZero();
    }

    @Test
    void wrongParametersAreRefused(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            Analytics analytics = node.engine().analytics();
            assertThatThrownBy(() -> analytics.performance(721)).isInstanceOf(EngineException.class);
            assertThatThrownBy(() -> analytics.bottlenecks(0, 5, 0)).isInstanceOf(EngineException.class);
            assertThatThrownBy(() -> AnalyticsFilter.of(Duration.ZERO, 1)).isInstanceOf(EngineException.class);
        }
    }
}
