package dev.tasker.testkit.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskFilter.Requested;
import dev.tasker.engine.TaskPage;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskSummary;
import dev.tasker.engine.TaskView;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lists of tasks, derived statuses and summaries (01 §3.1, §3.3, §3.5, §3.10, 03 §1.5). */
@ExtendWith(DatabaseExtension.class)
class TaskListTest {

    private static List<UUID> uuids(TaskPage page) {
        return page.tasks().stream().map(TaskView::taskUuid).toList();
    }

    @Test
    void pagesByCursorAreStableWhileTasksAreCreated(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("paged", "a");
            TemplateFixture other = node.template("other", "a");
            List<UUID> created = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                created.add(Rollups.create(node, i % 3 == 2 ? other : template));
            }
            created.sort(Comparator.comparing(UUID::toString).reversed());
            TaskFilter filter = TaskFilter.UNFINISHED.withNamespace(node.namespace());
            TaskPage first = node.engine().tasks(filter, TaskPage.Request.first(3));
            assertThat(uuids(first)).isEqualTo(created.subList(0, 3));
            assertThat(first.total()).isEqualTo(OptionalLong.of(7));
            assertThat(first.isExact()).isTrue();
            UUID later = Rollups.create(node, template);
            TaskPage second = node.engine().tasks(filter, TaskPage.Request.after(first.next(), 3));
            assertThat(uuids(second)).isEqualTo(created.subList(3, 6));
            assertThat(second.total()).isEqualTo(OptionalLong.of(8));
            TaskPage third = node.engine().tasks(filter, TaskPage.Request.after(second.next(), 3));
            assertThat(uuids(third)).isEqualTo(created.subList(6, 7));
            assertThat(third.next()).isNull();
            assertThat(uuids(node.engine().tasks(filter, TaskPage.Request.behind(1, 3))))
                    .as("numbered pages")
                    .isEqualTo(created.subList(0, 3));
            assertThat(uuids(node.engine().tasks(filter, TaskPage.Request.first(1))))
                    .containsExactly(later);
        }
    }

    @Test
    void filtersByTemplateStateAndWhatTotalsDoNotCover(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("filtered", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID done = Rollups.create(node, template);
            worker.run("a");
            UUID open = node.create(tagged(template.request("{\"tagged\":1}"), "[\"red\", \"blue\"]"));
            TaskFilter named = TaskFilter.ALL.withNamespace(node.namespace()).withTemplate("filtered", "1.0.0");
            assertThat(uuids(node.engine().tasks(named, TaskPage.Request.first(10))))
                    .containsExactly(open, done);
            assertThat(uuids(node.engine()
                            .tasks(named.withStates(Set.of(TaskState.COMPLETE)), TaskPage.Request.first(10))))
                    .containsExactly(done);
            TaskPage tagged = node.engine()
                    .tasks(named.withRequest(Requested.by(null, null, List.of("blue"))), TaskPage.Request.first(10));
            assertThat(uuids(tagged)).containsExactly(open);
            assertThat(tagged.total()).isEqualTo(OptionalLong.of(1));
            assertThat(tagged.isExact()).isTrue();
            assertThat(uuids(node.engine()
                            .tasks(
                                    named.withRequest(Requested.by(null, null, List.of("green"))),
                                    TaskPage.Request.first(10))))
                    .isEmpty();
            TaskView view = node.task(open);
            assertThat(uuids(node.engine()
                            .tasks(
                                    named.withRequest(Requested.by(view.initiator(), null, List.of())),
                                    TaskPage.Request.first(1))))
                    .containsExactly(open);
            assertThat(uuids(node.engine()
                            .tasks(
                                    named.withRequest(Requested.by(null, "nobody", List.of())),
                                    TaskPage.Request.first(1))))
                    .isEmpty();
            Instant now = Instant.now();
            assertThat(uuids(node.engine()
                            .tasks(
                                    named.withCreated(now.minusSeconds(3600), now.plusSeconds(5)),
                                    TaskPage.Request.first(9))))
                    .containsExactly(open, done);
            assertThat(uuids(node.engine()
                            .tasks(named.withCreated(now.plusSeconds(5), null), TaskPage.Request.first(9))))
                    .isEmpty();
            assertThat(node.engine()
                            .tasks(named.withTemplate("nothing", null), TaskPage.Request.first(9))
                            .total())
                    .isEqualTo(OptionalLong.of(0));
            assertThatThrownBy(() -> TaskPage.Request.first(0)).isInstanceOf(EngineException.class);
            assertThatThrownBy(() -> TaskPage.Request.behind(-1, 1)).isInstanceOf(EngineException.class);
        }
    }

    @Test
    void ordersThatAnIndexServesAreNotBoundedByWhatIsLookedThrough(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture early = node.template("early", "a");
            TemplateFixture late = node.template("late", "a");
            List<String> lates = new ArrayList<>();
            List<String> earlies = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                lates.add(Rollups.create(node, late).toString());
                earlies.add(Rollups.create(node, early).toString());
            }

            assertThat(sorted(database, node, "created_at", true))
                    .isEqualTo("{" + lates.get(0) + "," + earlies.get(0) + "}");
            assertThat(sorted(database, node, "name", true))
                    .isEqualTo("{" + earlies.get(2) + "," + earlies.get(1) + "}");
            assertThat(sorted(database, node, "name", false)).isEqualTo("{" + lates.get(2) + "," + lates.get(1) + "}");
        }
    }

    /** The first two tasks in that order, when no more than one may be looked through. */
    private static String sorted(TestDatabase database, TestNode node, String sort, boolean ascending) {
        return database.query(
                        "SELECT tasks FROM tasker.list_tasks(?, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
                            + " 0, 2, 1, ?, ?, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0) WHERE total ="
                            + " 6 AND is_exact AND next IS NULL",
                        node.namespace(),
                        sort,
                        ascending)
                .getFirst();
    }

    @Test
    void listsContextsAndSummariesSayWhatTheTaskItselfSays(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("agree", "a", "b", "c:a", "d:b", "e:c,d");
            HandDrivenWorker worker = node.worker(1, "a");
            HandDrivenWorker second = node.worker(1, "b");
            UUID task = Rollups.create(node, template);
            Assignment first = worker.next("a");
            Assignment other = second.next("b");
            agrees(node, task, "processing");
            worker.succeed(first, "1");
            agrees(node, task, "processing");
            second.failForGood(other);
            agrees(node, task, "blocked_by_failures");
            TaskSummary summary =
                    node.engine().summaries(List.of(task, UUID.randomUUID())).getFirst();
            assertThat(summary.name()).isEqualTo("agree");
            assertThat(summary.status()).isEqualTo("blocked_by_failures");
            assertThat(summary.dlqStatus().replace(" ", ""))
                    .isEqualTo("{\"in_dlq\":false,\"dlq_reason\":null,\"resolution_status\":null}");
            assertThat(database.query(
                            "SELECT value ->> 'name', value ->> 'current_state', value ->> 'retry_eligible', value ->>"
                                    + " 'error_retryable' FROM tasker.get_task_summary(?),"
                                    + " json_array_elements(step_summaries)",
                            task))
                    .contains("a complete true null", "b error true false", "e pending true null");
        }
    }

    @Test
    void graphFunctionsFollowTheLongestAndTheShortestPath(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("graph", "a", "b:a", "c:b", "d:a,c");
            UUID task = Rollups.create(node, template);
            assertThat(database.query(
                            "SELECT tasker.index_of_step(workflow_step_uuid), dependency_level FROM"
                                    + " tasker.calculate_dependency_levels(?)",
                            task))
                    .containsExactly("0 0", "1 1", "2 2", "3 3");
            assertThat(database.query(
                            "SELECT step_name, distance, processed FROM tasker.get_step_transitive_dependencies(?)",
                            node.step(task, "d").stepUuid()))
                    .containsExactly("a 1 f", "c 1 f", "b 2 f");
            assertThat(database.query(
                            "SELECT parent_count, child_count, is_root_step, is_leaf_step, min_depth_from_root FROM"
                                    + " tasker.step_dag_relationships WHERE task_uuid = ? ORDER BY workflow_step_uuid",
                            task))
                    .containsExactly("0 2 t f 0", "1 1 f f 1", "1 1 f f 2", "2 0 f t 1");
            assertThat(database.query("SELECT tasker.get_current_task_state(?)", task))
                    .containsExactly("steps_in_process");
        }
    }

    private static TaskRequest tagged(TaskRequest request, String tags) {
        return new TaskRequest(
                request.namespace(),
                request.name(),
                request.version(),
                request.context(),
                request.initiator(),
                request.sourceSystem(),
                request.reason(),
                tags,
                0,
                null,
                null,
                null);
    }

    /** The one task by itself, its derived status read in a batch, its row in a list and its readiness in SQL are the same. */
    private static void agrees(TestNode node, UUID task, String status) {
        TaskView view = node.task(task);
        assertThat(view.execution().status()).isEqualTo(status);
        ExecutionStatus batch = node.engine().executionContexts(List.of(task)).get(task);
        assertThat(batch).isEqualTo(view.execution());
        TaskView listed = node.engine()
                .tasks(TaskFilter.ALL.withNamespace(node.namespace()), TaskPage.Request.first(1))
                .tasks()
                .getFirst();
        assertThat(listed.execution()).isEqualTo(view.execution());
        assertThat(listed).usingRecursiveComparison().ignoringFields("steps").isEqualTo(view);
    }
}
