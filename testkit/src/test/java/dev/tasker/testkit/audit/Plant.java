package dev.tasker.testkit.audit;

import dev.tasker.engine.AuditCode;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A fault and what is to be seen of it.
 *
 * @param sql plants it; {@code :task} stands for the task
 * @param step found at, null: at the task
 * @param expected regular expression
 * @param found regular expression
 * @param end what the repair leads to
 */
record Plant(
        AuditCode code, Stage.At at, String sql, @Nullable Integer step, String expected, String found, End end) {

    enum End {
        /** The task runs on to its end. */
        COMPLETES,
        /** Nothing is wrong any more; the task had ended. */
        HEALTHY,
        /** It stays: a person has to decide. */
        PERSON
    }

    @Override
    public String toString() {
        return code.text() + " (" + at + "): " + sql.lines().findFirst().orElse("");
    }

    private static final String SESSION =
            "(SELECT session_id FROM tasker.workflow_steps WHERE task_uuid = :task AND step_index = 0)";

    static Stream<Plant> all() {
        return Stream.of(
                counters("active_steps = 3", "total 3, satisfied 0, failed 0, active 3"),
                counters("satisfied_steps = 2", "total 3, satisfied 2, failed 0, active 1"),
                counters("failed_steps = 1", "total 3, satisfied 0, failed 1, active 1"),
                counters("total_steps = 4", "total 4, satisfied 0, failed 0, active 1"),
                waiting(
                        AuditCode.TASK_STATE,
                        "UPDATE tasker.tasks SET state = 6, version = 2 WHERE task_uuid = :task;"
                                + " INSERT INTO tasker.task_changes VALUES (:task, 2, 3, 6, 0, now())",
                        null,
                        "steps_in_process",
                        "waiting_for_retry",
                        End.COMPLETES),
                new Plant(
                        AuditCode.TASK_STATE,
                        Stage.At.DONE,
                        "UPDATE tasker.tasks SET state = 3, version = 3 WHERE task_uuid = :task;"
                                + " INSERT INTO tasker.task_changes VALUES (:task, 3, 8, 3, 0, now())",
                        null,
                        "complete",
                        "steps_in_process",
                        End.HEALTHY),
                waiting(
                        AuditCode.NOTHING_NEXT,
                        "DELETE FROM tasker.ready_steps WHERE task_uuid = :task",
                        null,
                        "a live lease, a step in a queue, a timer, or a step in error that waits for a person",
                        "nothing will happen to this task",
                        End.COMPLETES),
                waiting(
                        AuditCode.NOT_IN_QUEUE,
                        "DELETE FROM tasker.ready_steps WHERE task_uuid = :task",
                        0,
                        "one ready row",
                        "0",
                        End.COMPLETES),
                waiting(
                        AuditCode.NOT_IN_QUEUE,
                        "INSERT INTO tasker.ready_steps (queue_id, priority, task_uuid, step_index) SELECT queue_id,"
                                + " priority, task_uuid, step_index FROM tasker.ready_steps WHERE task_uuid = :task",
                        0,
                        "one ready row",
                        "2",
                        End.COMPLETES),
                waiting(
                        AuditCode.WRONG_QUEUE,
                        "UPDATE tasker.ready_steps SET priority = 7 WHERE task_uuid = :task",
                        0,
                        "queue \\d+, priority 0",
                        "queue \\d+, priority 7",
                        End.COMPLETES),
                waiting(
                        AuditCode.STRAY_READY,
                        "INSERT INTO tasker.ready_steps (queue_id, priority, task_uuid, step_index) VALUES (1, 0,"
                                + " :task, 1)",
                        1,
                        "a step that is enqueued",
                        "pending",
                        End.COMPLETES),
                waiting(
                        AuditCode.STRAY_READY,
                        "INSERT INTO tasker.ready_steps (queue_id, priority, task_uuid, step_index) VALUES (1, 0,"
                                + " :task, 99)",
                        99,
                        "a step that is enqueued",
                        "no step",
                        End.COMPLETES),
                waiting(
                        AuditCode.PENDING_PARENTS,
                        step(1, "pending_parents = 2"),
                        1,
                        "1 of 1",
                        "2 of 1",
                        End.COMPLETES),
                waiting(AuditCode.PENDING_PARENTS, step(1, "total_parents = 2"), 1, "1 of 1", "1 of 2", End.PERSON),
                waiting(
                        AuditCode.WITHHELD_STEP,
                        step(0, "state = 0, version = 0") + "; DELETE FROM tasker.step_history WHERE task_uuid = :task;"
                                + " DELETE FROM tasker.ready_steps WHERE task_uuid = :task",
                        0,
                        "enqueued",
                        "pending",
                        End.COMPLETES),
                waiting(
                        AuditCode.UNMET_PARENTS,
                        step(1, "state = 1, version = 1")
                                + "; INSERT INTO tasker.step_changes VALUES (:task, 1, 1, 0, 1, 0, now())",
                        1,
                        "pending",
                        "enqueued",
                        End.PERSON),
                waiting(
                        AuditCode.STEP_STATE,
                        step(0, "state = 3") + "; UPDATE tasker.step_history SET to_state = 3 WHERE task_uuid = :task",
                        0,
                        "a state in which steps rest",
                        "enqueued_for_orchestration",
                        End.PERSON),
                waiting(
                        AuditCode.UNFINISHED_STEP,
                        "UPDATE tasker.tasks SET state = 10, version = 2 WHERE task_uuid = :task; INSERT INTO"
                                + " tasker.task_changes (task_uuid, sort_key, from_state, to_state, cause, created_at,"
                                + " detail) VALUES (:task, 2, 3, 10, 3, now(), '{}')",
                        1,
                        "a step that has ended",
                        "pending",
                        End.HEALTHY),
                waiting(
                        AuditCode.CANCELLED_STEP,
                        step(2, "state = 8, version = 1")
                                + "; INSERT INTO tasker.step_changes VALUES (:task, 2, 1, 0, 8, 3, now())",
                        2,
                        "a cancelled task",
                        "steps_in_process",
                        End.PERSON),
                new Plant(
                        AuditCode.NO_TIMER,
                        Stage.At.RETRYING,
                        "DELETE FROM tasker.timers WHERE task_uuid = :task",
                        0,
                        "timer at .+",
                        "none",
                        End.COMPLETES),
                new Plant(
                        AuditCode.NO_TIMER,
                        Stage.At.RETRYING,
                        "DELETE FROM tasker.timers WHERE task_uuid = :task; INSERT INTO tasker.timers VALUES"
                                + " ('infinity', :task, 0);"
                                + step(0, "next_retry_at = 'infinity'"),
                        0,
                        "timer at infinity",
                        "none",
                        End.COMPLETES),
                new Plant(
                        AuditCode.STRAY_TIMER,
                        Stage.At.RETRYING,
                        "INSERT INTO tasker.timers VALUES ('2099-01-01', :task, 0)",
                        0,
                        "a step that waits for 2099-01-01.*",
                        "waiting_for_retry",
                        End.COMPLETES),
                running(AuditCode.LOST_LEASE, step(0, "session_id = 999999"), "session 999999", "no such session"),
                running(
                        AuditCode.LEASE_NOT_LOGGED,
                        "DELETE FROM tasker.session_leases WHERE session_id = " + SESSION,
                        "in the log of session \\d+",
                        "not there"),
                running(
                        AuditCode.ENDLESS_LEASE,
                        "UPDATE tasker.worker_sessions SET expires_at = 'infinity' WHERE session_id = " + SESSION,
                        "a lease that ends",
                        "session \\d+ until infinity"),
                waiting(
                        AuditCode.CHECKPOINT,
                        step(0, "checkpoint = '{\"a\":1}'"),
                        0,
                        "a JSON object with a history of 1 to 100 entries, or nothing",
                        "0 entries, .*",
                        End.PERSON),
                waiting(AuditCode.ATTEMPTS_EXCEEDED, step(0, "attempts = 9"), 0, "at most 3", "9", End.PERSON),
                waiting(
                        AuditCode.NO_REASON,
                        "UPDATE tasker.step_history SET cause = 3 WHERE task_uuid = :task",
                        0,
                        "what the operator said",
                        "nothing",
                        End.PERSON),
                waiting(
                        AuditCode.STEP_HISTORY,
                        "DELETE FROM tasker.step_history WHERE task_uuid = :task",
                        0,
                        "1 rows to enqueued",
                        "0 rows to none",
                        End.PERSON),
                waiting(
                        AuditCode.STEP_HISTORY,
                        "UPDATE tasker.step_history SET from_state = 5 WHERE task_uuid = :task",
                        0,
                        "1 rows to enqueued",
                        "1 rows to enqueued, a link broken",
                        End.PERSON),
                waiting(
                        AuditCode.STEP_HISTORY,
                        "INSERT INTO tasker.step_changes VALUES (:task, 77, 1, 0, 1, 0, now())",
                        77,
                        "a step",
                        "1 rows to enqueued",
                        End.PERSON),
                waiting(
                        AuditCode.TASK_HISTORY,
                        "DELETE FROM tasker.task_history WHERE task_uuid = :task",
                        null,
                        "1 rows to steps_in_process",
                        "0 rows to none",
                        End.PERSON),
                waiting(
                        AuditCode.ORPHAN,
                        "DELETE FROM tasker.tasks WHERE task_uuid = :task",
                        null,
                        "a task",
                        "3 steps",
                        End.PERSON),
                waiting(
                        AuditCode.NO_REQUEST,
                        "DELETE FROM tasker.task_requests WHERE task_uuid = :task",
                        null,
                        "what the task was asked for",
                        "nothing",
                        End.PERSON),
                waiting(
                        AuditCode.NO_IDENTITY,
                        "DELETE FROM tasker.task_identities WHERE task_uuid = :task",
                        null,
                        "[0-9a-f]+",
                        "none",
                        End.COMPLETES),
                waiting(
                        AuditCode.ERROR_WITHOUT_REASON,
                        "UPDATE tasker.tasks SET state = 9, version = 2 WHERE task_uuid = :task;"
                                + " INSERT INTO tasker.task_changes VALUES (:task, 2, 3, 9, 0, now())",
                        null,
                        "what made the task an error",
                        "nothing",
                        End.PERSON),
                waiting(
                        AuditCode.DEAD_LETTER,
                        "INSERT INTO tasker.tasks_dlq VALUES (gen_random_uuid(), :task, 'error',"
                                + " 'manual_dlq', now(), 'pending', NULL, NULL, NULL, '{}', NULL, now(), now());"
                                + " DELETE FROM tasker.tasks WHERE task_uuid = :task",
                        null,
                        "an entry for a task",
                        "none",
                        End.PERSON),
                waiting(
                        AuditCode.LIFETIME_PASSED,
                        "INSERT INTO tasker.staleness_sweeps VALUES (true, now(), 1, 1, 1, 1, true)"
                                + " ON CONFLICT (sole) DO UPDATE SET fails = true;"
                                + " INSERT INTO tasker.staleness_marks VALUES (-1, 0, NULL, :task)"
                                + " ON CONFLICT (kind, id) DO UPDATE SET task_uuid = excluded.task_uuid",
                        null,
                        "judged, or a clock of its own",
                        "neither",
                        End.PERSON),
                waiting(
                        AuditCode.UNKNOWN_TEMPLATE,
                        "UPDATE tasker.tasks SET template_id = 99999 WHERE task_uuid = :task",
                        null,
                        "template 99999",
                        "no such template",
                        End.PERSON),
                waiting(
                        AuditCode.UNKNOWN_QUEUE,
                        step(1, "queue_id = 99999"),
                        1,
                        "queue 99999",
                        "no such queue",
                        End.PERSON),
                waiting(
                        AuditCode.EVENT_WITHOUT_OUTCOME,
                        "INSERT INTO tasker.domain_events (namespace, event_id, event_name, task_uuid, step_index,"
                                + " sort_key, step_state, published_at, message) VALUES ('n', gen_random_uuid(), 'e',"
                                + " :task, 0, 4, 6, now(), '{}')",
                        0,
                        "version 4 to complete",
                        "none",
                        End.PERSON),
                batch(
                        AuditCode.BATCH_SLOTS,
                        "UPDATE tasker.batches SET next_index = next_index - 1 WHERE task_uuid = :task",
                        0,
                        "next \\d+",
                        "next \\d+",
                        End.COMPLETES),
                batch(
                        AuditCode.NO_BATCH,
                        "DELETE FROM tasker.batches WHERE task_uuid = :task",
                        0,
                        "slots of its instances",
                        "none",
                        End.PERSON),
                batch(
                        AuditCode.STRAY_BATCH,
                        "INSERT INTO tasker.batches VALUES (:task, 77, 80, 78)",
                        77,
                        "a batchable step",
                        "none",
                        End.COMPLETES));
    }

    private static Plant counters(String change, String found) {
        return waiting(
                AuditCode.TASK_COUNTERS,
                "UPDATE tasker.tasks SET " + change + " WHERE task_uuid = :task",
                null,
                "total 3, satisfied 0, failed 0, active 1",
                found,
                End.COMPLETES);
    }

    private static Plant waiting(
            AuditCode code, String sql, @Nullable Integer step, String expected, String found, End end) {
        return new Plant(code, Stage.At.WAITING, sql, step, expected, found, end);
    }

    private static Plant running(AuditCode code, String sql, String expected, String found) {
        return new Plant(code, Stage.At.RUNNING, sql, 0, expected, found, End.COMPLETES);
    }

    private static Plant batch(
            AuditCode code, String sql, @Nullable Integer step, String expected, String found, End end) {
        return new Plant(code, Stage.At.BATCH, sql, step, expected, found, end);
    }

    private static String step(int index, String change) {
        return "UPDATE tasker.workflow_steps SET " + change + " WHERE task_uuid = :task AND step_index = " + index;
    }
}
