-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Enqueues up to p_limit steps whose retry is due. A timer whose step has moved on is dropped, and so is one of a blocked task: the repair
-- of the task starts its due retries again (01 §2.7).
-- Returns the steps with their queue and priority, with index -1 the tasks whose state changed, and in one row without a task how many
-- timers were due, dropped ones included: as many as asked for means that there may be more.
CREATE OR REPLACE FUNCTION retry_due(p_limit integer)
RETURNS TABLE (task_uuid uuid, step_index integer, state smallint, queue_id integer, priority integer)
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
  v_due timestamptz[];
  v_task uuid[];
  v_step integer[];
  v_low uuid;                 -- bounds by which partitions are pruned when a statement starts
  v_high uuid;
BEGIN
  SELECT array_agg(due.due_at), array_agg(due.task_uuid), array_agg(due.step_index)
  INTO   v_due, v_task, v_step
  FROM  (SELECT * FROM timers WHERE due_at <= v_now ORDER BY due_at LIMIT p_limit) AS due;
  IF v_task IS NULL THEN
    RETURN;
  END IF;
  v_low := (uuid_range(v_task))[1];
  v_high := (uuid_range(v_task))[2];

  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (v_task) AND in_span(task.task_uuid, v_low, v_high)
  ORDER BY task.task_uuid FOR NO KEY UPDATE;

  RETURN QUERY
  WITH fired AS (
    DELETE FROM timers AS timer
    USING  unnest(v_due, v_task, v_step) AS i(due_at, task_uuid, step_index)
    WHERE  timer.due_at = i.due_at AND timer.task_uuid = i.task_uuid AND timer.step_index = i.step_index
    RETURNING timer.due_at, timer.task_uuid, timer.step_index
  ),
  retried AS (
    UPDATE workflow_steps AS step
    SET    state = step_state('enqueued'), version = step.version + 1, entered_at = v_now
    FROM   fired JOIN tasks AS task ON task.task_uuid = fired.task_uuid AND in_span(task.task_uuid, v_low, v_high)
    WHERE  step.task_uuid = fired.task_uuid AND step.step_index = fired.step_index AND in_span(step.task_uuid, v_low, v_high)
    AND    in_state(step.state, step_state('waiting_for_retry')) AND step.next_retry_at = fired.due_at
    AND    task.failed_steps = 0 AND task.state < task_state('complete')
    RETURNING step.task_uuid, step.step_index, step.state, step.version, step.queue_id, task.priority
  ),
  waiting AS (
    INSERT INTO ready_steps (queue_id, priority, task_uuid, step_index)
    SELECT retried.queue_id, retried.priority, retried.task_uuid, retried.step_index FROM retried
    ORDER  BY retried.task_uuid, retried.step_index
  ),
  step_log AS (
    INSERT INTO step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at)
    SELECT retried.task_uuid, retried.step_index, retried.version, step_state('waiting_for_retry'), retried.state, cause('engine'), v_now
    FROM   retried
  ),
  verdict AS (
    SELECT delta.*, task.state AS from_state,
           resting_state(task.total_steps, task.satisfied_steps, task.failed_steps, task.active_steps + delta.active) AS to_state
    FROM  (SELECT retried.task_uuid, count(*)::integer AS active FROM retried GROUP BY retried.task_uuid) AS delta
           JOIN tasks AS task ON task.task_uuid = delta.task_uuid AND in_span(task.task_uuid, v_low, v_high)
  ),
  task AS (
    UPDATE tasks AS task
    SET    active_steps = task.active_steps + v.active, state = v.to_state, updated_at = v_now,
           version = CASE WHEN v.to_state = v.from_state THEN task.version ELSE task.version + 1 END,
           entered_at = CASE WHEN v.to_state = v.from_state THEN task.entered_at ELSE v_now END
    FROM   verdict AS v
    WHERE  task.task_uuid = v.task_uuid AND in_span(task.task_uuid, v_low, v_high)
    RETURNING task.task_uuid, task.version, v.from_state, v.to_state
  ),
  task_log AS (
    INSERT INTO task_changes (task_uuid, sort_key, from_state, to_state, cause, created_at)
    SELECT task.task_uuid, task.version, task.from_state, task.to_state, cause('engine'), v_now
    FROM   task WHERE task.to_state <> task.from_state
  )
  SELECT retried.task_uuid, retried.step_index, retried.state, retried.queue_id, retried.priority FROM retried
  UNION ALL
  SELECT task.task_uuid, -1, task.to_state, NULL, NULL FROM task WHERE task.to_state <> task.from_state
  UNION ALL
  SELECT NULL::uuid, cardinality(v_task), NULL::smallint, NULL::integer, NULL::integer;
END $$;
