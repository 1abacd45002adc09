-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Cancels tasks with every step that has not ended: leases end and their tokens rise, timers go, ready rows stay and are dropped by the claim
-- that takes them, since a cancelled step never waits again (01 §2.7, 04 §9.6). Locks the tasks, then the steps that a claim could take, then
-- one statement. A task is named once in a call.
--   p_detail: reason and actor as JSON, kept in the history of the task.
-- Returns rows by kind:
--   0 task cancelled: task
--   1 lease that ended: task, step, token, session
--   2 refused, it had ended before: task, its state, the detail of what an operator did to it last
-- A task that does not exist has no row.
CREATE OR REPLACE FUNCTION cancel_tasks(p_task uuid[], p_detail text[])
RETURNS TABLE (kind smallint, task_uuid uuid, step_index integer, token integer, session_id integer, state smallint, detail text)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET seq_page_cost = 0
SET random_page_cost = 0
SET cpu_operator_cost = 0.0001
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := engine_now();
  v_range uuid[] := uuid_range(p_task);
  v_low uuid := v_range[1];   -- bounds by which partitions are pruned when a statement starts
  v_high uuid := v_range[2];
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) AND in_span(task.task_uuid, v_low, v_high)
  ORDER BY task.task_uuid FOR NO KEY UPDATE;
  -- Claims take waiting steps without their tasks' locks: from here on they wait, and the statement below sees what they took before.
  PERFORM 1 FROM workflow_steps AS step WHERE step.task_uuid = ANY (p_task) AND step.state = step_state('enqueued')
  AND in_span(step.task_uuid, v_low, v_high)
  ORDER BY step.task_uuid, step.step_index FOR NO KEY UPDATE;

  RETURN QUERY
  WITH asked AS (
    SELECT task.task_uuid, task.state AS from_state, i.detail, task.state < task_state('complete') AS allowed
    FROM   unnest(p_task, p_detail) AS i(task_uuid, detail) JOIN tasks AS task ON task.task_uuid = i.task_uuid
  ),
  unfinished AS (
    SELECT step.task_uuid, step.step_index, step.state AS from_state, step.session_id, step.lease_token, step.next_retry_at
    FROM   asked JOIN workflow_steps AS step ON step.task_uuid = asked.task_uuid
    WHERE  asked.allowed
    AND    step.state NOT IN (step_state('complete'), step_state('cancelled'), step_state('resolved_manually'))
  ),
  cancelled AS (
    UPDATE workflow_steps AS step
    SET    state = step_state('cancelled'), version = step.version + 1, entered_at = v_now, session_id = NULL,
           lease_token = CASE WHEN u.session_id IS NULL THEN step.lease_token ELSE step.lease_token + 1 END
    FROM   unfinished AS u
    WHERE  step.task_uuid = u.task_uuid AND step.step_index = u.step_index AND in_span(step.task_uuid, v_low, v_high)
    RETURNING step.task_uuid, step.step_index, step.state, step.version, u.from_state, u.session_id, u.lease_token, u.next_retry_at
  ),
  disarmed AS (
    DELETE FROM timers AS timer USING cancelled
    WHERE  cancelled.from_state = step_state('waiting_for_retry')
    AND    timer.due_at = cancelled.next_retry_at AND timer.task_uuid = cancelled.task_uuid AND timer.step_index = cancelled.step_index
  ),
  step_log AS (
    INSERT INTO step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at)
    SELECT cancelled.task_uuid, cancelled.step_index, cancelled.version, cancelled.from_state, cancelled.state, cause('operator'), v_now
    FROM   cancelled
  ),
  task AS (
    UPDATE tasks AS task
    SET    state = task_state('cancelled'), failed_steps = 0, active_steps = 0, version = task.version + 1, entered_at = v_now,
           updated_at = v_now
    FROM   asked
    WHERE  task.task_uuid = asked.task_uuid AND asked.allowed AND in_span(task.task_uuid, v_low, v_high)
    RETURNING task.task_uuid, task.version, task.state, asked.from_state, asked.detail
  ),
  task_log AS (
    INSERT INTO task_changes (task_uuid, sort_key, from_state, to_state, cause, created_at, detail)
    SELECT task.task_uuid, task.version, task.from_state, task.state, cause('operator'), v_now, task.detail FROM task
  )
  SELECT 0::smallint, task.task_uuid, -1, NULL::integer, NULL::integer, task.state, NULL::text FROM task
  UNION ALL
  SELECT 1::smallint, cancelled.task_uuid, cancelled.step_index, cancelled.lease_token, cancelled.session_id, cancelled.state, NULL
  FROM   cancelled WHERE cancelled.session_id IS NOT NULL
  UNION ALL
  SELECT 2::smallint, asked.task_uuid, -1, NULL, NULL, asked.from_state,
         (SELECT history.detail FROM task_history AS history
          WHERE  history.task_uuid = asked.task_uuid AND history.cause = cause('operator') ORDER BY history.sort_key DESC LIMIT 1)
  FROM   asked WHERE NOT asked.allowed;
END $$;
