-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Pieces of a walk over everything, and the second look at what a piece found: under the lock of its task, and with a repair if wanted.

DROP FUNCTION IF EXISTS audit_slice(uuid, uuid, integer, integer);

-- A piece of the tasks from p_from on, before p_until: at most p_tasks of them, with p_steps steps unless the first alone has more. Returns the
-- uuid to go on from (null: there is no more), how many tasks and steps.
CREATE OR REPLACE FUNCTION audit_piece(p_from uuid, p_until uuid, p_tasks integer, p_steps integer, OUT next uuid, OUT tasks integer, OUT steps bigint)
LANGUAGE plpgsql STABLE
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
BEGIN
  SELECT (array_agg(piece.task_uuid ORDER BY piece.task_uuid) FILTER (WHERE piece.beyond))[1], count(*) FILTER (WHERE NOT piece.beyond),
         coalesce(sum(piece.total_steps) FILTER (WHERE NOT piece.beyond), 0)
  INTO   audit_piece.next, audit_piece.tasks, audit_piece.steps
  FROM  (SELECT task.task_uuid, task.total_steps,
                row_number() OVER walk > 1 AND (row_number() OVER walk > p_tasks OR sum(task.total_steps::bigint) OVER walk > p_steps) AS beyond
         FROM  (SELECT task.task_uuid, task.total_steps FROM tasks AS task
                WHERE  task.task_uuid >= p_from AND task.task_uuid < p_until ORDER BY task.task_uuid LIMIT p_tasks + 1) AS task
         WINDOW walk AS (ORDER BY task.task_uuid)) AS piece;
END $$;

-- Timers that wake nothing, among p_limit from (p_due, p_task, p_step) on; and a row without a code: where to go on (null: there is no more).
CREATE OR REPLACE FUNCTION audit_timers(p_due timestamptz, p_task uuid, p_step integer, p_limit integer)
RETURNS TABLE (code text, task_uuid uuid, step_index integer, expected text, found text, due_at timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH piece AS MATERIALIZED (
    SELECT timer.*, row_number() OVER (ORDER BY timer.due_at, timer.task_uuid, timer.step_index) AS number
    FROM  (SELECT * FROM timers AS timer WHERE (timer.due_at, timer.task_uuid, timer.step_index) > (p_due, p_task, p_step)
           ORDER BY timer.due_at, timer.task_uuid, timer.step_index LIMIT p_limit) AS timer
  )
  SELECT NULL::text, last.task_uuid, last.step_index, NULL::text, NULL::text, last.due_at
  FROM  (SELECT 1) AS always LEFT JOIN piece AS last ON last.number = p_limit
  UNION ALL
  SELECT 'stray_timer', piece.task_uuid, piece.step_index, format('a step that waits for %s', piece.due_at),
         coalesce(step_state_name(step.state), 'no step'), piece.due_at
  FROM   piece LEFT JOIN workflow_steps AS step ON step.task_uuid = piece.task_uuid AND step.step_index = piece.step_index
  WHERE  (step.state = step_state('waiting_for_retry') AND step.next_retry_at = piece.due_at) IS NOT TRUE;
END $$;

-- What p_limit sessions after p_after left behind: logs and entries of sessions that do not exist, logs that do not name as many steps as
-- tasks; and a row without a code: the session to go on after (null: there is no more).
CREATE OR REPLACE FUNCTION audit_sessions(p_after integer, p_limit integer)
RETURNS TABLE (code text, session_id integer, expected text, found text)
LANGUAGE plpgsql STABLE
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
DECLARE
  v_next integer;
BEGIN
  SELECT max(piece.session_id) FILTER (WHERE piece.number = p_limit) INTO v_next
  FROM  (SELECT named.session_id, row_number() OVER (ORDER BY named.session_id) AS number
         FROM  (SELECT log.session_id FROM session_leases AS log WHERE log.session_id > p_after
                UNION SELECT handler.session_id FROM session_handlers AS handler WHERE handler.session_id > p_after
                ORDER BY 1 LIMIT p_limit) AS named) AS piece;
  RETURN QUERY
  SELECT NULL::text, v_next, NULL::text, NULL::text
  UNION ALL
  SELECT 'stray_lease_log', log.session_id, 'a session', format('%s logs of none', count(*))
  FROM   session_leases AS log LEFT JOIN worker_sessions AS session ON session.session_id = log.session_id
  WHERE  log.session_id > p_after AND (v_next IS NULL OR log.session_id <= v_next) AND session.session_id IS NULL
  GROUP  BY log.session_id
  UNION ALL
  SELECT 'torn_lease_log', log.session_id, 'as many steps as tasks', format('%s tasks, %s steps', cardinality(log.task_uuids), cardinality(log.step_indexes))
  FROM   session_leases AS log
  WHERE  log.session_id > p_after AND (v_next IS NULL OR log.session_id <= v_next)
  AND    cardinality(log.task_uuids) <> cardinality(log.step_indexes)
  UNION ALL
  SELECT 'stray_handlers', handler.session_id, 'a session and a node', format('%s callables', count(*))
  FROM   session_handlers AS handler
         LEFT JOIN worker_sessions AS session ON session.session_id = handler.session_id
         LEFT JOIN nodes AS node ON node.node_uuid = handler.node_uuid
  WHERE  handler.session_id > p_after AND (v_next IS NULL OR handler.session_id <= v_next)
  AND    (session.session_id IS NULL OR node.node_uuid IS NULL)
  GROUP  BY handler.session_id;
END $$;

-- Queues in which steps wait although no live session takes them: no fault, but nothing will happen there before a worker comes.
CREATE OR REPLACE FUNCTION audit_queues()
RETURNS TABLE (namespace text, callable text)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
SET enable_seqscan = off
AS $$
  SELECT queue.namespace, queue.callable
  FROM   queues AS queue
  WHERE  EXISTS (SELECT FROM ready_steps AS ready WHERE ready.queue_id = queue.queue_id)
  AND    NOT EXISTS (SELECT FROM session_handlers AS handler JOIN nodes AS node ON node.node_uuid = handler.node_uuid
                     WHERE  node.expires_at > engine_now() AND handler.namespace IN (queue.namespace, '*')
                     AND    handler.callable IN (queue.callable, '*'))
  ORDER  BY queue.namespace, queue.callable
$$;

-- Recounts one task under its lock, with claims of its waiting steps held off: what is found now is a fault and no moment in passing.
-- With p_repair it is mended in the same transaction, by what the engine itself would have written, as far as the rows leave no doubt about
-- what is right; a step whose parents are not known to be satisfied is never started. A lease that would never end is given to a session that
-- has ended, for the recovery of any node to take back.
-- Returns the findings, and whether they are gone: recounting after the repair decides.
CREATE OR REPLACE FUNCTION examine_task(p_task uuid, p_repair boolean)
RETURNS TABLE (code text, step_index integer, expected text, found text, repaired boolean)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET enable_seqscan = off
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := engine_now();
  v_end uuid := step_uuid(p_task, 0); -- the uuids of tasks end in zeros
  v_task tasks;
  v_found jsonb;
  v_left jsonb;
  v_codes text[];
  v_doubtful integer[];
  v_session integer;
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = p_task FOR NO KEY UPDATE;
  SELECT task.* INTO v_task FROM tasks AS task WHERE task.task_uuid = p_task;
  -- Claims take waiting steps without their tasks' locks.
  PERFORM 1 FROM workflow_steps AS step WHERE step.task_uuid = p_task AND step.state = step_state('enqueued')
  ORDER BY step.step_index FOR NO KEY UPDATE;

  SELECT jsonb_agg(to_jsonb(audit)), array_agg(DISTINCT audit.code) INTO v_found, v_codes FROM audit_tasks(p_task, v_end, false) AS audit;
  IF v_found IS NULL THEN
    RETURN;
  END IF;
  IF NOT p_repair THEN
    v_left := v_found;
  ELSE
    -- First what others depend on: the slots of batches, then what steps wait for.
    DELETE FROM batches AS batch USING audit_tasks(p_task, v_end, false) AS audit
    WHERE  audit.code = 'stray_batch' AND batch.task_uuid = p_task AND batch.step_index = audit.step_index;
    UPDATE batches AS batch SET next_index = split_part(audit.expected, ' ', 2)::integer
    FROM   audit_tasks(p_task, v_end, false) AS audit
    WHERE  audit.code = 'batch_slots' AND batch.task_uuid = p_task AND batch.step_index = audit.step_index
    AND    batch.next_index < split_part(audit.expected, ' ', 2)::integer; -- a slot given away cannot be taken back
    UPDATE workflow_steps AS step SET pending_parents = split_part(audit.expected, ' ', 1)::integer
    FROM   audit_tasks(p_task, v_end, false) AS audit
    WHERE  audit.code = 'pending_parents' AND step.task_uuid = p_task AND step.step_index = audit.step_index
    AND    split_part(audit.expected, ' ', 3) = split_part(audit.found, ' ', 3); -- otherwise an edge may be missing
    SELECT coalesce(array_agg(audit.step_index), '{}') INTO v_doubtful
    FROM   audit_tasks(p_task, v_end, false) AS audit WHERE audit.code IN ('pending_parents', 'unknown_queue');

    UPDATE worker_sessions AS session SET expires_at = v_now + session.lease_duration
    WHERE  'endless_lease' = ANY (v_codes)
    AND    session.session_id IN (SELECT step.session_id FROM audit_tasks(p_task, v_end, false) AS audit
                                         JOIN workflow_steps AS step ON step.task_uuid = p_task AND step.step_index = audit.step_index
                                  WHERE  audit.code = 'endless_lease');

    -- Nothing is written on top of a history that is ahead of its row.
    IF NOT EXISTS (SELECT FROM task_history AS log WHERE log.task_uuid = p_task AND log.sort_key > v_task.version)
       AND NOT EXISTS (SELECT FROM step_history AS log
                              LEFT JOIN workflow_steps AS step ON step.task_uuid = log.task_uuid AND step.step_index = log.step_index
                       WHERE  log.task_uuid = p_task AND log.sort_key > coalesce(step.version, 0)) THEN
      IF v_codes && ARRAY['lost_lease', 'lease_not_logged'] THEN
        INSERT INTO worker_sessions (session_uuid, node_uuid, worker_name, in_process, lease_duration, created_at, expires_at)
        VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'tasker doctor', false, interval '1 s', v_now, '-infinity')
        RETURNING session_id INTO v_session;
        WITH moved AS (
          UPDATE workflow_steps AS step SET session_id = v_session, lease_token = step.lease_token + 1
          FROM   audit_tasks(p_task, v_end, false) AS audit
          WHERE  audit.code IN ('lost_lease', 'lease_not_logged') AND step.task_uuid = p_task AND step.step_index = audit.step_index
          RETURNING step.step_index)
        INSERT INTO session_leases (session_id, batch, task_uuids, step_indexes)
        SELECT v_session, 0, array_agg(p_task), array_agg(moved.step_index) FROM moved;
      END IF;

      IF 'unfinished_step' = ANY (v_codes) THEN
        WITH cancelled AS (
          UPDATE workflow_steps AS step
          SET    state = step_state('cancelled'), version = step.version + 1, entered_at = v_now, session_id = NULL,
                 lease_token = step.lease_token + (step.session_id IS NOT NULL)::integer
          FROM   workflow_steps AS before, audit_tasks(p_task, v_end, false) AS audit
          WHERE  audit.code = 'unfinished_step' AND step.task_uuid = p_task AND step.step_index = audit.step_index
          AND    before.task_uuid = p_task AND before.step_index = audit.step_index
          RETURNING step.step_index, step.version, before.state AS from_state, step.state, step.next_retry_at),
        disarmed AS (
          DELETE FROM timers AS timer USING cancelled
          WHERE  timer.due_at = cancelled.next_retry_at AND timer.task_uuid = p_task AND timer.step_index = cancelled.step_index)
        INSERT INTO step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at, detail)
        SELECT p_task, cancelled.step_index, cancelled.version, cancelled.from_state, cancelled.state, cause('engine'), v_now,
               'doctor: unfinished_step'
        FROM   cancelled;
      END IF;

      IF EXISTS (SELECT FROM audit_tasks(p_task, v_end, false) AS audit WHERE audit.code = 'withheld_step') THEN
        WITH started AS (
          UPDATE workflow_steps AS step SET state = step_state('enqueued'), version = step.version + 1, entered_at = v_now
          FROM   audit_tasks(p_task, v_end, false) AS audit
          WHERE  audit.code = 'withheld_step' AND step.task_uuid = p_task AND step.step_index = audit.step_index
          AND    step.step_index <> ALL (v_doubtful)
          RETURNING step.step_index, step.version, step.state)
        INSERT INTO step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at, detail)
        SELECT p_task, started.step_index, started.version, step_state('pending'), started.state, cause('engine'), v_now,
               'doctor: withheld_step'
        FROM   started;
      END IF;
    END IF;

    INSERT INTO task_identities (identity_hash, task_uuid)
    SELECT request.identity_hash, request.task_uuid FROM task_requests AS request
    WHERE  'no_identity' = ANY (v_codes) AND request.task_uuid = p_task
    ON CONFLICT DO NOTHING; -- another task's stays

    -- Queues: of each waiting step the first row at its place stays. A row that a claim holds is left to the claim.
    DELETE FROM ready_steps AS ready
    WHERE  ready.ctid = ANY (ARRAY(
      SELECT row.ctid
      FROM   ready_steps AS row LEFT JOIN workflow_steps AS step ON step.task_uuid = row.task_uuid AND step.step_index = row.step_index
      WHERE  row.task_uuid = p_task
      AND   (step.state IS NULL OR step.state IN (step_state('pending'), step_state('in_progress'), step_state('waiting_for_retry'))
             OR step.state = step_state('enqueued')
                AND ((row.queue_id, row.priority) IS DISTINCT FROM (step.queue_id, v_task.priority)
                     OR EXISTS (SELECT FROM ready_steps AS first
                                WHERE first.task_uuid = p_task AND first.step_index = row.step_index AND first.sequence < row.sequence
                                AND   first.queue_id = step.queue_id AND first.priority = v_task.priority)))
      FOR UPDATE OF row SKIP LOCKED));
    INSERT INTO ready_steps (queue_id, priority, task_uuid, step_index)
    SELECT step.queue_id, v_task.priority, p_task, step.step_index
    FROM   workflow_steps AS step
    WHERE  step.task_uuid = p_task AND step.state = step_state('enqueued') AND v_task.task_uuid IS NOT NULL
    AND    NOT EXISTS (SELECT FROM ready_steps AS ready WHERE ready.task_uuid = p_task AND ready.step_index = step.step_index);

    WITH timed AS (
      UPDATE workflow_steps AS step SET next_retry_at = CASE WHEN isfinite(step.next_retry_at) THEN step.next_retry_at ELSE v_now END
      FROM   audit_tasks(p_task, v_end, false) AS audit
      WHERE  audit.code = 'no_timer' AND step.task_uuid = p_task AND step.step_index = audit.step_index
      RETURNING step.next_retry_at, step.step_index)
    INSERT INTO timers (due_at, task_uuid, step_index)
    SELECT timed.next_retry_at, p_task, timed.step_index FROM timed ON CONFLICT DO NOTHING;

    -- Last the task, from its steps as they are now. One that has ended stays ended.
    WITH counted AS (
      SELECT count(*)::integer AS total,
             count(*) FILTER (WHERE step.state IN (step_state('complete'), step_state('resolved_manually')))::integer AS satisfied,
             count(*) FILTER (WHERE step.state = step_state('error'))::integer AS failed,
             count(*) FILTER (WHERE step.state BETWEEN step_state('enqueued')
                                                   AND step_state('enqueued_as_error_for_orchestration'))::integer AS active
      FROM   workflow_steps AS step WHERE step.task_uuid = p_task),
    verdict AS (
      SELECT counted.*, before.state AS from_state,
             CASE WHEN before.state < task_state('complete')
                       AND NOT EXISTS (SELECT FROM task_history AS log WHERE log.task_uuid = p_task AND log.sort_key > before.version)
                  THEN state_after(before.state, counted.total, counted.satisfied, counted.failed, counted.active) ELSE before.state END AS to_state
      FROM   counted, tasks AS before WHERE before.task_uuid = p_task),
    task AS (
      UPDATE tasks AS task
      SET    total_steps = v.total, satisfied_steps = v.satisfied, failed_steps = v.failed, active_steps = v.active, state = v.to_state,
             updated_at = v_now, version = task.version + (v.to_state <> v.from_state)::integer,
             entered_at = CASE WHEN v.to_state = v.from_state THEN task.entered_at ELSE v_now END
      FROM   verdict AS v
      WHERE  task.task_uuid = p_task
      AND    (task.total_steps, task.satisfied_steps, task.failed_steps, task.active_steps, task.state)
             IS DISTINCT FROM (v.total, v.satisfied, v.failed, v.active, v.to_state)
      RETURNING task.version, v.from_state, v.to_state)
    INSERT INTO task_changes (task_uuid, sort_key, from_state, to_state, cause, created_at, detail)
    SELECT p_task, task.version, task.from_state, task.to_state, cause('engine'), v_now, 'doctor: task_state'
    FROM   task WHERE task.to_state <> task.from_state;

    SELECT coalesce(jsonb_agg(to_jsonb(audit)), '[]') INTO v_left FROM audit_tasks(p_task, v_end, false) AS audit;
  END IF;

  RETURN QUERY
  SELECT finding.code, finding.step_index, finding.expected, finding.found,
         p_repair AND NOT EXISTS (SELECT FROM jsonb_to_recordset(v_left) AS still(code text, step_index integer)
                                  WHERE still.code = finding.code AND still.step_index IS NOT DISTINCT FROM finding.step_index)
  FROM   jsonb_to_recordset(v_found) AS finding(code text, step_index integer, expected text, found text)
  UNION ALL  -- what a repair brought to light
  SELECT still.code, still.step_index, still.expected, still.found, false
  FROM   jsonb_to_recordset(v_left) AS still(code text, step_index integer, expected text, found text)
  WHERE  NOT EXISTS (SELECT FROM jsonb_to_recordset(v_found) AS finding(code text, step_index integer)
                     WHERE finding.code = still.code AND finding.step_index IS NOT DISTINCT FROM still.step_index);
END $$;

-- Looks at a timer again, under the lock of its task, and with p_repair removes it if it wakes nothing. Returns nothing when it is sound.
CREATE OR REPLACE FUNCTION examine_timer(p_due timestamptz, p_task uuid, p_step integer, p_repair boolean)
RETURNS TABLE (code text, step_index integer, expected text, found text, repaired boolean)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET enable_seqscan = off
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
  v_state text;
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = p_task FOR NO KEY UPDATE;
  SELECT coalesce(step_state_name(step.state), 'no step') INTO v_state
  FROM   timers AS timer LEFT JOIN workflow_steps AS step ON step.task_uuid = timer.task_uuid AND step.step_index = timer.step_index
  WHERE  timer.due_at = p_due AND timer.task_uuid = p_task AND timer.step_index = p_step
  AND    (step.state = step_state('waiting_for_retry') AND step.next_retry_at = timer.due_at) IS NOT TRUE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF p_repair THEN
    DELETE FROM timers AS timer WHERE timer.due_at = p_due AND timer.task_uuid = p_task AND timer.step_index = p_step;
  END IF;
  RETURN QUERY SELECT 'stray_timer', p_step, format('a step that waits for %s', p_due), v_state, p_repair;
END $$;

-- Looks at what a session left behind again, and with p_repair removes what belongs to none. The log of a session that is missing stays as
-- long as a step names it: that step is mended first.
CREATE OR REPLACE FUNCTION examine_session(p_session integer, p_repair boolean)
RETURNS TABLE (code text, step_index integer, expected text, found text, repaired boolean)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET enable_seqscan = off
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
  v_found jsonb;
BEGIN
  PERFORM 1 FROM worker_sessions AS session WHERE session.session_id = p_session FOR UPDATE;
  SELECT jsonb_agg(to_jsonb(audit)) INTO v_found FROM audit_sessions(p_session - 1, 1) AS audit
  WHERE  audit.code IS NOT NULL AND audit.session_id = p_session;
  IF v_found IS NULL THEN
    RETURN;
  END IF;
  IF p_repair THEN
    DELETE FROM session_leases AS log
    WHERE  log.session_id = p_session
    AND    NOT EXISTS (SELECT FROM worker_sessions AS session WHERE session.session_id = p_session)
    AND    NOT EXISTS (SELECT FROM unnest(log.task_uuids, log.step_indexes) AS held(task_uuid, step_index)
                              JOIN workflow_steps AS step ON step.task_uuid = held.task_uuid AND step.step_index = held.step_index
                       WHERE  step.state = step_state('in_progress') AND step.session_id = p_session);
    DELETE FROM session_handlers AS handler
    WHERE  handler.session_id = p_session
    AND    (NOT EXISTS (SELECT FROM worker_sessions AS session WHERE session.session_id = p_session)
            OR NOT EXISTS (SELECT FROM nodes AS node WHERE node.node_uuid = handler.node_uuid));
  END IF;
  RETURN QUERY
  SELECT finding.code, NULL::integer, finding.expected, finding.found,
         p_repair AND NOT EXISTS (SELECT FROM audit_sessions(p_session - 1, 1) AS still
                                  WHERE still.code = finding.code AND still.session_id = p_session)
  FROM   jsonb_to_recordset(v_found) AS finding(code text, expected text, found text);
END $$;

-- Looks at an identity again, under its lock, and with p_repair removes it if its task does not exist. Returns nothing when it is sound.
CREATE OR REPLACE FUNCTION examine_identity(p_identity bytea, p_repair boolean)
RETURNS TABLE (code text, step_index integer, expected text, found text, repaired boolean)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET enable_seqscan = off
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
  v_task uuid;
BEGIN
  SELECT identity.task_uuid INTO v_task FROM task_identities AS identity WHERE identity.identity_hash = p_identity FOR UPDATE;
  IF v_task IS NULL OR EXISTS (SELECT FROM tasks AS task WHERE task.task_uuid = v_task) THEN
    RETURN;
  END IF;
  IF p_repair THEN
    DELETE FROM task_identities AS identity WHERE identity.identity_hash = p_identity;
  END IF;
  RETURN QUERY SELECT 'identity_without_task', NULL::integer, 'a task', 'none', p_repair;
END $$;

-- Counts all tasks and steps by template and state and compares the totals of the roll-ups, in one snapshot: unlike everything else that the
-- auditor does this cannot be cut into pieces. In a snapshot totals are exact, so nothing needs a second look. With p_repair the difference,
-- which calls under way do not change, is added while no fold can run.
CREATE OR REPLACE FUNCTION examine_totals(p_repair boolean)
RETURNS TABLE (code text, step_index integer, expected text, found text, repaired boolean)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
BEGIN
  IF p_repair THEN
    PERFORM 1 FROM rollup_progress FOR UPDATE;
  END IF;
  RETURN QUERY
  WITH wrong AS MATERIALIZED (
    SELECT audit.*, CASE WHEN audit.template_step = -1 THEN task_state(audit.state) ELSE step_state(audit.state) END AS state_code,
           format(CASE WHEN audit.template_step = -1 THEN 'tasks of template %1$s in %2$s'
                       ELSE 'steps of template %1$s, definition %3$s, in %2$s' END, audit.template_id, audit.state, audit.template_step) AS what
    FROM   audit_totals() AS audit
  ),
  mended AS (
    INSERT INTO rollup_totals AS total (template_id, template_step, state, entities)
    SELECT wrong.template_id, wrong.template_step, wrong.state_code, wrong.expected - wrong.found FROM wrong WHERE p_repair
    ON CONFLICT (template_id, template_step, state) DO UPDATE SET entities = total.entities + excluded.entities
  )
  SELECT wrong.code, NULL::integer, format('%s %s', wrong.expected, wrong.what), format('%s in the totals', wrong.found), p_repair
  FROM   wrong ORDER BY wrong.template_id, wrong.template_step, wrong.state_code;
END $$;
