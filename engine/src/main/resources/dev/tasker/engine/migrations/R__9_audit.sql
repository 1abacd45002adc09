-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- The auditor: the full recomputation which the incremental calls never do. Each code is explained in docs/guides/doctor.md.

-- Recounts everything about the tasks with a uuid in [p_from, p_to) from the rows themselves and returns what does not agree. Empty is
-- healthy. Reads each table once, in order of uuid, in one snapshot; locks nothing.
--   p_all: recount the graph of finished tasks, too; of these nothing waits for it any more.
-- Plans are kept: joins by hash or merge whatever the size of the range, and tables by index only.
CREATE OR REPLACE FUNCTION audit_tasks(p_from uuid, p_to uuid, p_all boolean DEFAULT true)
RETURNS TABLE (code text, task_uuid uuid, step_index integer, expected text, found text)
LANGUAGE plpgsql STABLE
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_nestloop = off
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := engine_now();
BEGIN
  RETURN QUERY
  WITH scope AS MATERIALIZED (
    SELECT task.task_uuid, task.template_id, task.priority, task.total_steps, task.satisfied_steps, task.failed_steps, task.active_steps,
           task.state, task.version
    FROM   tasks AS task WHERE task.task_uuid >= p_from AND task.task_uuid < p_to
  ),
  -- Of each step: how many rows of history, the last of them, and all its links in one figure: what each row comes from cancels what the
  -- row before led to, so that a whole chain leaves its end alone.
  history AS MATERIALIZED (
    SELECT log.task_uuid, log.step_index, count(*)::integer AS rows, max(log.sort_key) AS last,
           bit_xor((log.to_state::bigint << (log.sort_key % 15 * 4)) # (log.from_state::bigint << ((log.sort_key + 14) % 15 * 4))) AS links,
           bool_or(log.cause = cause('operator')) AS by_operator,
           bool_or(log.cause = cause('operator') AND log.detail IS NULL AND log.to_state <> step_state('cancelled')) AS unexplained
    FROM   step_history AS log WHERE log.task_uuid >= p_from AND log.task_uuid < p_to
    GROUP  BY log.task_uuid, log.step_index
  ),
  step AS MATERIALIZED (
    SELECT step.task_uuid, step.step_index, step.queue_id, step.template_step, step.total_parents, step.pending_parents, step.batch_step,
           step.children, step.attempts, greatest(step.max_attempts, 1) AS max_attempts, step.state, step.version, step.session_id,
           step.next_retry_at,
           CASE WHEN num_nulls(step.checkpoint, step.checkpoint_history) = 1 THEN true
                WHEN step.checkpoint IS NOT NULL
                THEN cardinality(step.checkpoint_history) NOT BETWEEN 1 AND 100
                     OR checkpoint_record(step.checkpoint, step.checkpoint_history) IS NOT JSON OBJECT
                ELSE false END AS checkpoint_broken
    FROM   workflow_steps AS step WHERE step.task_uuid >= p_from AND step.task_uuid < p_to
  ),
  unsettled AS MATERIALIZED (  -- all steps but those that completed as nearly all do: most questions are about these alone
    SELECT step.* FROM step
    WHERE  step.state <> step_state('complete') OR step.pending_parents > 0 OR step.attempts > step.max_attempts OR step.checkpoint_broken
  ),
  request AS MATERIALIZED (
    SELECT request.task_uuid, request.identity_hash FROM task_requests AS request WHERE request.task_uuid >= p_from AND request.task_uuid < p_to
  ),
  ready AS MATERIALIZED (
    SELECT ready.task_uuid, ready.step_index, ready.queue_id, ready.priority
    FROM   ready_steps AS ready WHERE ready.task_uuid >= p_from AND ready.task_uuid < p_to
  ),
  batch AS MATERIALIZED (
    SELECT batch.* FROM batches AS batch WHERE batch.task_uuid >= p_from AND batch.task_uuid < p_to
  ),
  instance AS MATERIALIZED (  -- of batches; unslotted: not among those that started at once
    SELECT step.task_uuid, step.step_index, step.batch_step, step.state,
           step.step_index <> ALL (coalesce((SELECT parent.children FROM workflow_steps AS parent
                                             WHERE  parent.task_uuid = step.task_uuid AND parent.step_index = step.batch_step), '{}'))
             AS unslotted
    FROM   step WHERE step.batch_step IS NOT NULL
  ),
  edge AS (
    SELECT parent.task_uuid, child.step_index, parent.state IN (step_state('complete'), step_state('resolved_manually')) AS satisfied
    FROM   scope JOIN step AS parent ON parent.task_uuid = scope.task_uuid AND (p_all OR scope.state < task_state('complete')),
           LATERAL unnest(parent.children) AS child(step_index)
    UNION ALL
    -- a slot of its batch stands for the batchable step, for instances that are no children of it
    SELECT instance.task_uuid, instance.step_index, instance.step_index < batch.next_index
    FROM   instance JOIN batch ON batch.task_uuid = instance.task_uuid AND batch.step_index = instance.batch_step
    WHERE  instance.unslotted
  ),
  parents AS (
    SELECT edge.task_uuid, edge.step_index, count(*)::integer AS total, count(*) FILTER (WHERE NOT edge.satisfied)::integer AS pending
    FROM   edge GROUP BY edge.task_uuid, edge.step_index
  ),
  counted AS MATERIALIZED (
    SELECT step.task_uuid, count(*)::integer AS total,
           count(*) FILTER (WHERE step.state IN (step_state('complete'), step_state('resolved_manually')))::integer AS satisfied,
           count(*) FILTER (WHERE step.state = step_state('error'))::integer AS failed,
           count(*) FILTER (WHERE step.state BETWEEN step_state('enqueued') AND step_state('enqueued_as_error_for_orchestration'))::integer
             AS active
    FROM   step GROUP BY step.task_uuid
  ),
  recount AS MATERIALIZED (
    SELECT scope.*, coalesce(c.total, 0) AS total, coalesce(c.satisfied, 0) AS satisfied, coalesce(c.failed, 0) AS failed,
           coalesce(c.active, 0) AS active
    FROM   scope LEFT JOIN counted AS c ON c.task_uuid = scope.task_uuid
  ),
  waiting AS MATERIALIZED (  -- enqueued steps with what stands for them in queues
    SELECT step.task_uuid, step.step_index, count(ready.queue_id) AS rows,
           bool_or((ready.queue_id, ready.priority) IS DISTINCT FROM (step.queue_id, scope.priority)) AS wrong,
           max(format('queue %s, priority %s', step.queue_id, scope.priority)) AS belongs,
           max(format('queue %s, priority %s', ready.queue_id, ready.priority)) AS stands
    FROM   unsettled AS step JOIN scope ON scope.task_uuid = step.task_uuid
           LEFT JOIN ready ON ready.task_uuid = step.task_uuid AND ready.step_index = step.step_index
    WHERE  step.state = step_state('enqueued')
    GROUP  BY step.task_uuid, step.step_index
  ),
  retrying AS MATERIALIZED (  -- steps that only a timer wakes: those of a blocked task wait for its repair
    SELECT step.task_uuid, step.step_index, step.next_retry_at,
           isfinite(step.next_retry_at)
             AND EXISTS (SELECT FROM timers AS timer WHERE timer.due_at = step.next_retry_at AND timer.task_uuid = step.task_uuid
                         AND timer.step_index = step.step_index) AS timed
    FROM   unsettled AS step JOIN recount ON recount.task_uuid = step.task_uuid
    WHERE  step.state = step_state('waiting_for_retry') AND recount.failed = 0 AND recount.state < task_state('complete')
  ),
  held AS (
    SELECT DISTINCT log.session_id, held.task_uuid, held.step_index
    FROM   session_leases AS log, LATERAL unnest(log.task_uuids, log.step_indexes) AS held(task_uuid, step_index)
    WHERE  log.session_id = ANY (ARRAY(SELECT DISTINCT step.session_id FROM unsettled AS step WHERE step.state = step_state('in_progress')))
    AND    held.task_uuid >= p_from AND held.task_uuid < p_to
  ),
  running AS MATERIALIZED (
    SELECT step.task_uuid, step.step_index, step.session_id, session.session_id IS NOT NULL AS known, held.session_id IS NOT NULL AS logged,
           session.expires_at, session.expires_at <= v_now + session.lease_duration + interval '1 day' AS ends
    FROM   unsettled AS step
           LEFT JOIN worker_sessions AS session ON session.session_id = step.session_id
           LEFT JOIN held ON held.session_id = step.session_id AND held.task_uuid = step.task_uuid AND held.step_index = step.step_index
    WHERE  step.state = step_state('in_progress')
  ),
  happening AS (  -- tasks that something will happen to by itself
    SELECT waiting.task_uuid FROM waiting WHERE waiting.rows > 0
    UNION ALL SELECT retrying.task_uuid FROM retrying WHERE retrying.timed
    UNION ALL SELECT running.task_uuid FROM running WHERE running.logged AND running.ends
  ),
  task_log AS (
    SELECT log.task_uuid, count(*)::integer AS rows, max(log.sort_key) AS last,
           bit_xor((log.to_state::bigint << (log.sort_key % 15 * 4)) # (log.from_state::bigint << ((log.sort_key + 14) % 15 * 4))) AS links
    FROM   task_history AS log WHERE log.task_uuid >= p_from AND log.task_uuid < p_to
    GROUP  BY log.task_uuid
  )
  SELECT 'task_counters', r.task_uuid, NULL::integer,
         format('total %s, satisfied %s, failed %s, active %s', r.total, r.satisfied, r.failed, r.active),
         format('total %s, satisfied %s, failed %s, active %s', r.total_steps, r.satisfied_steps, r.failed_steps, r.active_steps)
  FROM   recount AS r
  WHERE  r.total_steps <> r.total OR r.satisfied_steps <> r.satisfied OR r.failed_steps <> r.failed OR r.active_steps <> r.active
  UNION ALL
  SELECT 'task_state', r.task_uuid, NULL, task_state_name(resting_state(r.total, r.satisfied, r.failed, r.active)), task_state_name(r.state)
  FROM   recount AS r
  WHERE  r.state NOT IN (task_state('error'), task_state('cancelled'), task_state('resolved_manually'))
  AND    r.state <> resting_state(r.total, r.satisfied, r.failed, r.active)
  UNION ALL
  SELECT 'nothing_next', r.task_uuid, NULL,
         'a live lease, a step in a queue, a timer, or a step in error that waits for a person', 'nothing will happen to this task'
  FROM   recount AS r
  WHERE  r.state < task_state('complete') AND r.failed = 0 AND NOT EXISTS (SELECT FROM happening WHERE happening.task_uuid = r.task_uuid)
  UNION ALL
  -- a task in error waits for a person, who has to be told why
  SELECT 'error_without_reason', scope.task_uuid, NULL, 'what made the task an error', 'nothing'
  FROM   scope WHERE scope.state = task_state('error')
  AND    NOT EXISTS (SELECT FROM task_history AS log
                     WHERE log.task_uuid = scope.task_uuid AND log.task_uuid >= p_from AND log.task_uuid < p_to
                     AND log.sort_key = scope.version
                     AND CASE WHEN log.detail IS JSON OBJECT THEN (log.detail::json -> 'reason') IS NOT NULL END)
  UNION ALL
  SELECT 'dead_letter', entry.task_uuid, NULL, 'an entry for a task', 'none'
  FROM   tasks_dlq AS entry LEFT JOIN scope ON scope.task_uuid = entry.task_uuid
  WHERE  entry.task_uuid >= p_from AND entry.task_uuid < p_to AND scope.task_uuid IS NULL
  -- entries outlive the period of their task
  AND    EXISTS (SELECT FROM task_periods AS period WHERE entry.task_uuid >= uuid_at(period.starts_at)
                 AND entry.task_uuid < uuid_at(period.ends_at) AND period.retiring_since IS NULL)
  UNION ALL
  -- an unfinished task whose lifetime the walk has passed has a clock of its own, or was judged; else nothing would ever end it
  SELECT 'lifetime_passed', scope.task_uuid, NULL, 'judged, or a clock of its own', 'neither'
  FROM   scope
         JOIN templates AS template ON template.template_id = scope.template_id
         JOIN staleness_marks AS mark ON mark.kind = -1 AND mark.id = coalesce(template.duration_minutes, 0)
  WHERE  scope.task_uuid <= mark.task_uuid
  AND    scope.state IN (task_state('steps_in_process'), task_state('waiting_for_dependencies'), task_state('waiting_for_retry'))
  AND    template.fails_stale AND EXISTS (SELECT FROM staleness_sweeps AS sweep WHERE sweep.fails)
  AND    NOT EXISTS (SELECT FROM lifetime_clocks AS clock WHERE clock.task_uuid = scope.task_uuid)
  AND    NOT EXISTS (SELECT FROM tasks_dlq AS entry
                     WHERE entry.task_uuid = scope.task_uuid AND entry.task_uuid >= p_from AND entry.task_uuid < p_to)
  UNION ALL
  SELECT 'pending_parents', step.task_uuid, step.step_index,
         format('%s of %s', coalesce(parents.pending, 0), coalesce(parents.total, 0)),
         format('%s of %s', step.pending_parents, step.total_parents)
  FROM   scope JOIN step ON step.task_uuid = scope.task_uuid
         LEFT JOIN parents ON parents.task_uuid = step.task_uuid AND parents.step_index = step.step_index
  WHERE  (p_all OR scope.state < task_state('complete'))
  AND    (step.pending_parents <> coalesce(parents.pending, 0) OR step.total_parents <> coalesce(parents.total, 0))
  UNION ALL
  -- each instance that is satisfied opens the next slot of its batch
  SELECT 'batch_slots', batch.task_uuid, batch.step_index,
         format('next %s', least(i.first + i.satisfied, batch.last_index + 1)), format('next %s', least(batch.next_index, batch.last_index + 1))
  FROM   batch
         JOIN (SELECT instance.task_uuid, instance.batch_step, min(instance.step_index) FILTER (WHERE instance.unslotted) AS first,
                      count(*) FILTER (WHERE instance.state IN (step_state('complete'), step_state('resolved_manually'))) AS satisfied
               FROM   instance GROUP BY instance.task_uuid, instance.batch_step) AS i
           ON i.task_uuid = batch.task_uuid AND i.batch_step = batch.step_index
  WHERE  least(batch.next_index, batch.last_index + 1) <> least(coalesce(i.first, batch.last_index + 1) + i.satisfied, batch.last_index + 1)
  UNION ALL
  SELECT 'no_batch', instance.task_uuid, instance.batch_step, 'slots of its instances', 'none'
  FROM   instance LEFT JOIN batch ON batch.task_uuid = instance.task_uuid AND batch.step_index = instance.batch_step
  WHERE  instance.unslotted AND batch.task_uuid IS NULL
  GROUP  BY instance.task_uuid, instance.batch_step
  UNION ALL
  SELECT 'stray_batch', batch.task_uuid, batch.step_index, 'a batchable step', 'none'
  FROM   batch LEFT JOIN step ON step.task_uuid = batch.task_uuid AND step.step_index = batch.step_index
  WHERE  step.task_uuid IS NULL
  UNION ALL
  SELECT 'withheld_step', step.task_uuid, step.step_index, 'enqueued', step_state_name(step.state)
  FROM   unsettled AS step JOIN recount AS r ON r.task_uuid = step.task_uuid
  WHERE  step.state = step_state('pending') AND step.pending_parents = 0 AND r.failed = 0 AND r.state < task_state('complete')
  UNION ALL
  SELECT 'unmet_parents', step.task_uuid, step.step_index, 'pending', step_state_name(step.state)
  FROM   unsettled AS step LEFT JOIN history ON history.task_uuid = step.task_uuid AND history.step_index = step.step_index
  WHERE  step.pending_parents > 0
  AND    step.state NOT IN (step_state('pending'), step_state('cancelled'), step_state('resolved_manually'))
  AND    NOT (step.state = step_state('complete') AND coalesce(history.by_operator, false)) -- completed by hand before its time
  UNION ALL
  SELECT 'step_state', step.task_uuid, step.step_index, 'a state in which steps rest', step_state_name(step.state)
  FROM   unsettled AS step
  WHERE  step.state IN (step_state('enqueued_for_orchestration'), step_state('enqueued_as_error_for_orchestration'))
  UNION ALL
  SELECT 'unfinished_step', step.task_uuid, step.step_index, 'a step that has ended', step_state_name(step.state)
  FROM   unsettled AS step JOIN scope ON scope.task_uuid = step.task_uuid
  WHERE  scope.state = task_state('cancelled')
  AND    step.state NOT IN (step_state('complete'), step_state('cancelled'), step_state('resolved_manually'))
  UNION ALL
  SELECT 'cancelled_step', step.task_uuid, step.step_index, 'a cancelled task', task_state_name(scope.state)
  FROM   unsettled AS step JOIN scope ON scope.task_uuid = step.task_uuid
  WHERE  step.state = step_state('cancelled') AND scope.state <> task_state('cancelled')
  UNION ALL
  SELECT 'not_in_queue', waiting.task_uuid, waiting.step_index, 'one ready row', waiting.rows::text FROM waiting WHERE waiting.rows <> 1
  UNION ALL
  SELECT 'wrong_queue', waiting.task_uuid, waiting.step_index, waiting.belongs, waiting.stands
  FROM   waiting WHERE waiting.rows = 1 AND waiting.wrong
  UNION ALL
  -- rows of steps that have ended stay until a claim drops them
  SELECT 'stray_ready', ready.task_uuid, ready.step_index, 'a step that is enqueued', coalesce(max(step_state_name(step.state)), 'no step')
  FROM   ready LEFT JOIN step ON step.task_uuid = ready.task_uuid AND step.step_index = ready.step_index
  WHERE  step.state IS NULL OR step.state IN (step_state('pending'), step_state('in_progress'), step_state('waiting_for_retry'))
  GROUP  BY ready.task_uuid, ready.step_index
  UNION ALL
  SELECT 'no_timer', retrying.task_uuid, retrying.step_index, format('timer at %s', retrying.next_retry_at), 'none'
  FROM   retrying WHERE retrying.timed IS NOT TRUE
  UNION ALL
  SELECT 'lost_lease', running.task_uuid, running.step_index, format('session %s', running.session_id), 'no such session'
  FROM   running WHERE NOT running.known
  UNION ALL
  SELECT 'lease_not_logged', running.task_uuid, running.step_index, format('in the log of session %s', running.session_id), 'not there'
  FROM   running WHERE running.known AND NOT running.logged
  UNION ALL
  SELECT 'endless_lease', running.task_uuid, running.step_index, 'a lease that ends', format('session %s until %s', running.session_id, running.expires_at)
  FROM   running WHERE running.known AND NOT running.ends
  UNION ALL
  SELECT 'checkpoint', step.task_uuid, step.step_index, 'a JSON object with a history of 1 to 100 entries, or nothing',
         (SELECT format('%s entries, %s', coalesce(cardinality(stored.checkpoint_history), 0),
                        left(checkpoint_record(stored.checkpoint, stored.checkpoint_history), 200))
          FROM   workflow_steps AS stored WHERE stored.task_uuid = step.task_uuid AND stored.step_index = step.step_index)
  FROM   unsettled AS step WHERE step.checkpoint_broken
  UNION ALL
  SELECT 'attempts_exceeded', step.task_uuid, step.step_index, format('at most %s', step.max_attempts), step.attempts::text
  FROM   unsettled AS step LEFT JOIN history ON history.task_uuid = step.task_uuid AND history.step_index = step.step_index
  WHERE  step.attempts > step.max_attempts AND NOT coalesce(history.by_operator, false)
  UNION ALL
  SELECT 'no_reason', history.task_uuid, history.step_index, 'what the operator said', 'nothing' FROM history WHERE history.unexplained
  UNION ALL
  SELECT 'step_history', coalesce(step.task_uuid, history.task_uuid), coalesce(step.step_index, history.step_index),
         CASE WHEN step.task_uuid IS NULL THEN 'a step' ELSE format('%s rows to %s', step.version, step_state_name(step.state)) END,
         format('%s rows to %s', coalesce(history.rows, 0),
                coalesce((SELECT step_state_name(log.to_state) FROM step_history AS log
                          WHERE  log.task_uuid = history.task_uuid AND log.step_index = history.step_index AND log.sort_key = history.last),
                         'none'))
         || CASE WHEN history.rows = step.version THEN ', a link broken' ELSE '' END
  FROM   step FULL JOIN history ON history.task_uuid = step.task_uuid AND history.step_index = step.step_index
  WHERE  step.version IS DISTINCT FROM coalesce(history.rows, 0) OR step.version <> coalesce(history.last, 0)
  OR     (step.state::bigint << (step.version % 15 * 4)) <> coalesce(history.links, 0)
  UNION ALL
  SELECT 'task_history', r.task_uuid, NULL, format('%s rows to %s', r.version, task_state_name(r.state)),
         format('%s rows to %s', coalesce(log.rows, 0),
                coalesce((SELECT task_state_name(last.to_state) FROM task_history AS last
                          WHERE  last.task_uuid = log.task_uuid AND last.sort_key = log.last), 'none'))
         || CASE WHEN log.rows = r.version THEN ', a link broken' ELSE '' END
  FROM   scope AS r LEFT JOIN task_log AS log ON log.task_uuid = r.task_uuid
  WHERE  r.version <> coalesce(log.rows, 0) OR r.version <> coalesce(log.last, 0)
  OR     (r.state::bigint << (r.version % 15 * 4)) <> coalesce(log.links, 0)
  UNION ALL
  SELECT 'orphan', orphan.task_uuid, NULL, 'a task', orphan.found
  FROM  (SELECT counted.task_uuid, format('%s steps', counted.total) AS found FROM counted
         UNION ALL SELECT log.task_uuid, format('%s rows of its history', log.rows) FROM task_log AS log
         UNION ALL SELECT request.task_uuid, 'its request' FROM request) AS orphan
         LEFT JOIN scope ON scope.task_uuid = orphan.task_uuid
  WHERE  scope.task_uuid IS NULL
  UNION ALL
  SELECT 'no_request', scope.task_uuid, NULL, 'what the task was asked for', 'nothing'
  FROM   scope LEFT JOIN request ON request.task_uuid = scope.task_uuid
  WHERE  request.task_uuid IS NULL
  UNION ALL
  SELECT 'unknown_template', scope.task_uuid, NULL, format('template %s', scope.template_id), 'no such template'
  FROM   scope WHERE scope.template_id NOT IN (SELECT template.template_id FROM templates AS template)
  UNION ALL
  SELECT 'unknown_queue', step.task_uuid, step.step_index, format('queue %s', step.queue_id), 'no such queue'
  FROM   step WHERE step.queue_id NOT IN (SELECT queue.queue_id FROM queues AS queue)
  UNION ALL
  SELECT 'event_without_outcome', event.task_uuid, event.step_index, format('version %s to %s', event.sort_key, step_state_name(event.step_state)),
         coalesce(step_state_name(log.to_state), 'none')
  FROM   domain_events AS event
         LEFT JOIN step_history AS log ON log.task_uuid = event.task_uuid AND log.step_index = event.step_index
                                       AND log.sort_key = event.sort_key AND log.task_uuid >= p_from AND log.task_uuid < p_to
  WHERE  event.task_uuid >= p_from AND event.task_uuid < p_to
  AND    (log.to_state IS DISTINCT FROM event.step_state OR log.cause NOT IN (cause('worker'), cause('lease_expired'))
       AND event.step_state <> step_state('in_progress'))
  -- events may outlive the period of their task
  AND    EXISTS (SELECT FROM task_periods AS period WHERE event.task_uuid >= uuid_at(period.starts_at)
                 AND event.task_uuid < uuid_at(period.ends_at) AND period.retiring_since IS NULL)
  UNION ALL
  SELECT 'no_identity', asked.task_uuid, NULL, encode(asked.identity_hash, 'hex'), coalesce(asked.owner::text, 'none')
  FROM  (SELECT request.*,
                (SELECT identity.task_uuid FROM task_identities AS identity WHERE identity.identity_hash = request.identity_hash) AS owner
         FROM   request) AS asked
  WHERE  asked.owner IS DISTINCT FROM asked.task_uuid
  AND    EXISTS (SELECT FROM task_periods AS period WHERE asked.task_uuid >= uuid_at(period.starts_at)
                 AND asked.task_uuid < uuid_at(period.ends_at) AND period.retiring_since IS NULL);
END $$;

-- Identities whose task does not exist, which would refuse tasks for ever, among p_limit after p_after; and a row without a code: the identity
-- to go on after (null: there is no more).
CREATE OR REPLACE FUNCTION audit_identities(p_after bytea, p_limit integer)
RETURNS TABLE (code text, identity_hash bytea, task_uuid uuid, expected text, found text)
LANGUAGE plpgsql STABLE
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH piece AS MATERIALIZED (
    SELECT identity.identity_hash, identity.task_uuid, row_number() OVER (ORDER BY identity.identity_hash) AS number
    FROM  (SELECT identity.identity_hash, identity.task_uuid FROM task_identities AS identity WHERE identity.identity_hash > p_after
           ORDER BY identity.identity_hash LIMIT p_limit) AS identity
  )
  SELECT NULL::text, last.identity_hash, NULL::uuid, NULL::text, NULL::text
  FROM  (SELECT 1) AS always LEFT JOIN piece AS last ON last.number = p_limit
  UNION ALL
  SELECT 'identity_without_task', piece.identity_hash, piece.task_uuid, 'a task', 'none'
  FROM   piece
  WHERE  NOT EXISTS (SELECT FROM tasks AS task WHERE task.task_uuid = piece.task_uuid);
END $$;
