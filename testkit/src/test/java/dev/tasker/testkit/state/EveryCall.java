package dev.tasker.testkit.state;

import dev.tasker.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A run through every call of the engine that changes states, by hand, so that each change they can write is written once. */
final class EveryCall {
    static final int NO_SESSION = 0;
    private static final int QUEUE = 1;
    static final int CHAIN = 1;
    static final int PAIR = 2;
    private static final int EMPTY = 3;
    static final int SUCCESS = 0;
    static final int RETRYABLE = 1;
    static final int PERMANENT = 2;

    private final TestDatabase database;
    private int tasks;
    private int sessions;
    private int batches;

    EveryCall(TestDatabase database) {
        this.database = database;
    }

    void run() {
        catalogue();
        query("create_period('2025-09-01Z', '2025-11-01Z')"); // of the tasks below
        rejectedThenRetriedTaskCompletes();
        chainWhoseWorkerDiesTwiceIsBlocked();
        pairWhoseWorkerDiesWaitsAndFails();
        permanentFailureBlocks();
        pairThatRunsPastItsTimeWaitsAndFails();
        taskWithoutStepsIsComplete();
        new EveryAction(this).run();
    }

    /** A chain of two retryable steps, a pair of steps of which the first must not be retried, and a template without steps. */
    private void catalogue() {
        database.execute("""
            INSERT INTO tasker.queues (queue_id, namespace, callable) OVERRIDING SYSTEM VALUE VALUES (1, 'test', 'work');
            INSERT INTO tasker.task_namespaces (task_namespace_uuid, name) VALUES (gen_random_uuid(), 'test');
            INSERT INTO tasker.named_tasks (named_task_uuid, task_namespace_uuid, name, version, identity_strategy, template_id)
            SELECT gen_random_uuid(), task_namespace_uuid, 'template' || id, '1.0.0', 'always_unique', id
            FROM   tasker.task_namespaces, generate_series(1, 3) AS id;
            INSERT INTO tasker.templates (template_id, named_task_uuid, content_hash, document, initial_steps)
            OVERRIDING SYSTEM VALUE
            SELECT template_id, named_task_uuid, name, '{}', CASE template_id WHEN 3 THEN 0 ELSE 2 END
            FROM   tasker.named_tasks;
            INSERT INTO tasker.template_steps (template_id, step_index, queue_id, parents, children, retryable, max_attempts)
            VALUES (1, 0, 1, 0, '{1}', true, 2), (1, 1, 1, 1, NULL, true, 2),
                   (2, 0, 1, 0, NULL, false, 2), (2, 1, 1, 0, NULL, true, 2);
            """);
    }

    private void rejectedThenRetriedTaskCompletes() {
        int session = session();
        UUID task = create(CHAIN, session);
        complete(task, 0, 1, session, SUCCESS);
        reject(task, 1, claim(session), session);
        complete(task, 1, claim(session), session, RETRYABLE);
        database.advance(Duration.ofMinutes(1));
        query("retry_due(10)");
        complete(task, 1, claim(session), session, SUCCESS);
    }

    private void chainWhoseWorkerDiesTwiceIsBlocked() {
        create(CHAIN, NO_SESSION);
        for (int attempt = 1; attempt <= 2; attempt++) {
            int session = session();
            claim(session);
            expire(session);
        }
    }

    private void pairWhoseWorkerDiesWaitsAndFails() {
        int session = session();
        create(PAIR, session);
        expire(session);
    }

    private void pairThatRunsPastItsTimeWaitsAndFails() {
        int session = session();
        UUID task = create(PAIR, session);
        for (int step : new int[] {1, 0}) {
            query("time_out_steps(ARRAY['%s']::uuid[], ARRAY[%d], ARRAY[1], ARRAY[%d], ARRAY[1000], ARRAY['{}'])"
                    .formatted(task, step, session));
        }
    }

    private void permanentFailureBlocks() {
        int session = session();
        complete(create(CHAIN, session), 0, 1, session, PERMANENT);
    }

    private void taskWithoutStepsIsComplete() {
        create(EMPTY, NO_SESSION);
    }

    int session() {
        sessions++;
        database.execute("""
            INSERT INTO tasker.worker_sessions (session_id, session_uuid, node_uuid, worker_name, in_process, lease_duration, created_at,
                                                    expires_at)
            OVERRIDING SYSTEM VALUE
            VALUES (%d, gen_random_uuid(), gen_random_uuid(), 'worker', false, interval '30 s', tasker.engine_now(),
                    tasker.engine_now() + interval '30 s')
            """.formatted(sessions));
        return sessions;
    }

    UUID create(int template, int session) {
        tasks++;
        UUID task = new UUID(0x0199a2b08d2f7000L + tasks, 0x8e415d0a3c900000L);
        query("""
            create_tasks(%d, '{}', ARRAY['%s']::uuid[], ARRAY[%d], ARRAY[0], ARRAY[int4send(%d)], ARRAY[gen_random_uuid()],
              ARRAY[NULL]::uuid[], ARRAY['test'], ARRAY['test'], ARRAY['test'], ARRAY[NULL]::text[], ARRAY['{}'], ARRAY[%s]::integer[])
            """.formatted(++batches, task, template, tasks, session == NO_SESSION ? "NULL" : session));
        return task;
    }

    /** Claims the one step that waits, renewing the session; its token. */
    int claim(int session) {
        List<String> leased = database.query("""
            SELECT token FROM tasker.claim_steps(%d, ARRAY[%d], %d, ARRAY[%d], ARRAY[0], ARRAY[0]::bigint[], 1) WHERE kind = 0
            """.formatted(++batches, session, session, QUEUE));
        return Integer.parseInt(leased.getFirst());
    }

    void complete(UUID task, int step, int token, int session, int outcome) {
        query("""
            complete_steps(%d, '{}', ARRAY['%s']::uuid[], ARRAY[%d], ARRAY[%d], ARRAY[%d], ARRAY[%d]::smallint[], ARRAY[1000], ARRAY[5],
              ARRAY['{}'], '{}', '{}', '{}', '{}')
            """.formatted(++batches, task, step, token, session, outcome));
    }

    private void reject(UUID task, int step, int token, int session) {
        query("reject_steps(ARRAY['%s']::uuid[], ARRAY[%d], ARRAY[%d], ARRAY[%d], ARRAY[false])"
                .formatted(task, step, token, session));
    }

    private void expire(int session) {
        database.advance(Duration.ofMinutes(1));
        query("expire_session(%d, 1000, ARRAY['{}', '{}', '{}'], 20)".formatted(session));
    }

    /** The task is given up. */
    void giveUp(UUID task) {
        database.query(
                "SELECT failed FROM tasker.dead_letter_tasks(ARRAY[?]::uuid[], '{manual_dlq}', '{null}', '{null}',"
                        + " '{0}', '{false}', '{true}', '{null}')",
                task);
    }

    void query(String call) {
        database.query("SELECT * FROM tasker." + call);
    }
}
