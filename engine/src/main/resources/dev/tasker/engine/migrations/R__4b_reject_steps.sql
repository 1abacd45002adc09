-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Gives steps back whose handler never ran: the attempt is refunded, the token rises, the step waits in its queue again (04 §9.6), in a
-- blocked task too, as it did before it was claimed. History remembers which sessions had no handler for it (p_unhandled).
-- Returns the steps given back with queue and priority.
CREATE OR REPLACE FUNCTION reject_steps(p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_unhandled boolean[])
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
  v_range uuid[] := uuid_range(p_task);
  v_low uuid := v_range[1];   -- bounds by which partitions are pruned when a statement starts
  v_high uuid := v_range[2];
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) AND in_span(task.task_uuid, v_low, v_high)
  ORDER BY task.task_uuid FOR NO KEY UPDATE;

  RETURN QUERY
  WITH returned AS (
    UPDATE workflow_steps AS step
    SET    state = step_state('enqueued'), version = step.version + 1, entered_at = v_now, session_id = NULL,
           lease_token = step.lease_token + 1, attempts = step.attempts - 1
    FROM   unnest(p_task, p_step, p_token, p_session, p_unhandled) AS i(task_uuid, step_index, token, session_id, unhandled)
           JOIN tasks AS task ON task.task_uuid = i.task_uuid AND in_span(task.task_uuid, v_low, v_high)
    WHERE  step.task_uuid = i.task_uuid AND step.step_index = i.step_index AND in_span(step.task_uuid, v_low, v_high)
    AND    in_state(step.state, step_state('in_progress')) AND step.lease_token = i.token
    RETURNING step.task_uuid, step.step_index, step.state, step.version, step.queue_id, task.priority, i.session_id,
              CASE WHEN i.unhandled THEN cause('unhandled') ELSE cause('rejected') END AS cause
  ),
  waiting AS (
    INSERT INTO ready_steps (queue_id, priority, task_uuid, step_index)
    SELECT returned.queue_id, returned.priority, returned.task_uuid, returned.step_index FROM returned
    ORDER  BY returned.task_uuid, returned.step_index
  ),
  step_log AS (
    INSERT INTO step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at, session_id)
    SELECT returned.task_uuid, returned.step_index, returned.version, step_state('in_progress'), returned.state, returned.cause, v_now,
           returned.session_id
    FROM   returned
  )
  SELECT returned.task_uuid, returned.step_index, returned.state, returned.queue_id, returned.priority FROM returned;
END $$;
