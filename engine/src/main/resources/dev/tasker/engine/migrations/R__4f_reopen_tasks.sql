-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Puts tasks that were given up back to work, if none of their steps is in error: what an operator does with a task that was merely waiting
-- too long (01 §2.3 Reset, §5.5). What the task withheld starts: pending steps without pending parents, and retries that fell due; those not
-- yet due have their timers. Locks the tasks, then one statement; the steps it changes wait in no queue, so that no claim meets it.
--   p_detail: reason and actor as JSON, kept in the history of the task.
-- Returns rows by kind:
--   0 task at work again: task, -1, new state
--   1 step that waits in its queue now: task, step, state, queue, priority
--   3 retry timer: task, step, state, milliseconds until it is due in "queue_id"
--   4 refused: task, how many steps are in error, state of the task
-- A task that does not exist has no row.
CREATE OR REPLACE FUNCTION reopen_tasks(p_task uuid[], p_detail text[])
RETURNS TABLE (kind smallint, task_uuid uuid, step_index integer, state smallint, queue_id integer, priority integer)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := engine_now();
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) ORDER BY task.task_uuid FOR NO KEY UPDATE;

  RETURN QUERY
  WITH asked AS (
    SELECT task.task_uuid, task.state AS from_state, task.failed_steps, task.priority, i.detail,
           task.state = task_state('error') AND task.failed_steps = 0 AS allowed
    FROM   unnest(p_task, p_detail) AS i(task_uuid, detail) JOIN tasks AS task ON task.task_uuid = i.task_uuid
  ),
  started AS (
    UPDATE workflow_steps AS step SET state = step_state('enqueued'), version = step.version + 1, entered_at = v_now
    FROM  (SELECT withheld.task_uuid, withheld.step_index, withheld.state AS from_state, asked.priority
           FROM   asked JOIN workflow_steps AS withheld ON withheld.task_uuid = asked.task_uuid
           WHERE  asked.allowed
           AND    (withheld.state = step_state('pending') AND withheld.pending_parents = 0
                   OR withheld.state = step_state('waiting_for_retry') AND withheld.next_retry_at <= v_now)) AS w
    WHERE  step.task_uuid = w.task_uuid AND step.step_index = w.step_index
    RETURNING step.task_uuid, step.step_index, step.state, step.version, step.queue_id, w.from_state, w.priority,
              step.next_retry_at
  ),
  disarmed AS (  -- that nobody looked at since they fell due
    DELETE FROM timers AS timer USING started
    WHERE  started.from_state = step_state('waiting_for_retry')
    AND    timer.due_at = started.next_retry_at AND timer.task_uuid = started.task_uuid AND timer.step_index = started.step_index
  ),
  waiting AS (
    INSERT INTO ready_steps (queue_id, priority, task_uuid, step_index)
    SELECT started.queue_id, started.priority, started.task_uuid, started.step_index FROM started
    ORDER  BY started.task_uuid, started.step_index
  ),
  timer AS (  -- those that fell due meanwhile were dropped, and their steps enqueued above; the others may be there
    INSERT INTO timers (due_at, task_uuid, step_index)
    SELECT withheld.next_retry_at, withheld.task_uuid, withheld.step_index
    FROM   asked JOIN workflow_steps AS withheld ON withheld.task_uuid = asked.task_uuid
    WHERE  asked.allowed AND withheld.state = step_state('waiting_for_retry') AND withheld.next_retry_at > v_now
    ON CONFLICT DO NOTHING
    RETURNING due_at, task_uuid, step_index
  ),
  step_log AS (
    INSERT INTO step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at)
    SELECT started.task_uuid, started.step_index, started.version, started.from_state, started.state, cause('engine'), v_now FROM started
  ),
  task AS (
    UPDATE tasks AS task
    SET    active_steps = task.active_steps + delta.active, version = task.version + 1, entered_at = v_now, updated_at = v_now,
           state = resting_state(task.total_steps, task.satisfied_steps, task.failed_steps, task.active_steps + delta.active)
    FROM  (SELECT asked.task_uuid, asked.detail,
                  (SELECT count(*)::integer FROM started WHERE started.task_uuid = asked.task_uuid) AS active
           FROM   asked WHERE asked.allowed) AS delta
    WHERE  task.task_uuid = delta.task_uuid
    RETURNING task.task_uuid, task.version, task.state, delta.detail
  ),
  clock AS (  -- back at work: its life counts anew
    INSERT INTO lifetime_clocks (task_uuid, started_at)
    SELECT task.task_uuid, v_now FROM task WHERE task.state < task_state('complete')
    ON CONFLICT (task_uuid) DO UPDATE SET started_at = excluded.started_at
  ),
  task_log AS (
    INSERT INTO task_changes (task_uuid, sort_key, from_state, to_state, cause, created_at, detail)
    SELECT task.task_uuid, task.version, task_state('error'), task.state, cause('operator'), v_now, task.detail FROM task
  )
  SELECT 0::smallint, task.task_uuid, -1, task.state, NULL::integer, NULL::integer FROM task
  UNION ALL
  SELECT 1::smallint, started.task_uuid, started.step_index, started.state, started.queue_id, started.priority FROM started
  UNION ALL
  SELECT 3::smallint, timer.task_uuid, timer.step_index, step_state('waiting_for_retry'),
         least(extract(epoch FROM timer.due_at - v_now) * 1000, 2147483647)::integer, NULL
  FROM   timer
  UNION ALL
  SELECT 4::smallint, asked.task_uuid, asked.failed_steps, asked.from_state, NULL, NULL FROM asked WHERE NOT asked.allowed;
END $$;
