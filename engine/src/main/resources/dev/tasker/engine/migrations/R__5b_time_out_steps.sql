-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Ends attempts whose time is up although their worker renews its leases (04 §9.6): a retryable failure like the handler's own, with its
-- back-off, but the token rises, so that what the worker still reports is stale. Locks the tasks, then one statement.
-- A step counts when it is in progress under the same token; others change nothing and return no row of kind 0.
-- Returns rows by kind:
--   0 attempt ended: task, step, resulting state, token, attempts made and allowed
--   2 task whose state changed: task, -1, new state
CREATE OR REPLACE FUNCTION time_out_steps(
  p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_delay_ms integer[], p_result text[])
RETURNS TABLE (kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, attempts integer, max_attempts integer)
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
  WITH ended AS (
    UPDATE workflow_steps AS step
    SET    state = CASE WHEN step.retryable AND step.attempts < step.max_attempts THEN step_state('waiting_for_retry')
                        ELSE step_state('error') END,
           version = step.version + 1, entered_at = v_now, session_id = NULL, lease_token = step.lease_token + 1, result = i.result,
           next_retry_at = CASE WHEN step.retryable AND step.attempts < step.max_attempts
                                THEN v_now + i.delay_ms * interval '1 ms' ELSE step.next_retry_at END,
           backoff_request_seconds = CASE WHEN step.retryable AND step.attempts < step.max_attempts
                                          THEN (i.delay_ms + 999) / 1000 ELSE step.backoff_request_seconds END
    FROM   unnest(p_task, p_step, p_token, p_session, p_delay_ms, p_result)
             AS i(task_uuid, step_index, token, session_id, delay_ms, result)
    WHERE  step.task_uuid = i.task_uuid AND step.step_index = i.step_index AND in_span(step.task_uuid, v_low, v_high)
    AND    in_state(step.state, step_state('in_progress')) AND step.lease_token = i.token
    RETURNING step.task_uuid, step.step_index, step.state, step.version, step.lease_token, step.attempts, step.max_attempts,
              step.retryable, step.next_retry_at, i.session_id, i.result
  ),
  timer AS (
    INSERT INTO timers (due_at, task_uuid, step_index)
    SELECT ended.next_retry_at, ended.task_uuid, ended.step_index FROM ended WHERE ended.state = step_state('waiting_for_retry')
  ),
  step_log AS (
    INSERT INTO step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at, session_id, detail)
    SELECT ended.task_uuid, ended.step_index, ended.version, step_state('in_progress'), ended.state, cause('lease_expired'), v_now,
           ended.session_id, ended.result
    FROM   ended
  ),
  verdict AS (
    SELECT delta.*, task.state AS from_state,
           state_after(task.state, task.total_steps, task.satisfied_steps, task.failed_steps + delta.failed,
                       task.active_steps - delta.ended) AS to_state
    FROM  (SELECT ended.task_uuid, count(*) FILTER (WHERE ended.state = step_state('error'))::integer AS failed,
                  count(*)::integer AS ended
           FROM   ended GROUP BY ended.task_uuid) AS delta
           JOIN tasks AS task ON task.task_uuid = delta.task_uuid AND in_span(task.task_uuid, v_low, v_high)
  ),
  task AS (
    UPDATE tasks AS task
    SET    failed_steps = task.failed_steps + v.failed, active_steps = task.active_steps - v.ended, state = v.to_state,
           updated_at = v_now,
           version = CASE WHEN v.to_state = v.from_state THEN task.version ELSE task.version + 1 END,
           entered_at = CASE WHEN v.to_state = v.from_state THEN task.entered_at ELSE v_now END
    FROM   verdict AS v
    WHERE  task.task_uuid = v.task_uuid AND in_span(task.task_uuid, v_low, v_high)
    RETURNING task.task_uuid, task.version, v.from_state, v.to_state
  ),
  task_log AS (
    INSERT INTO task_changes (task_uuid, sort_key, from_state, to_state, cause, created_at)
    SELECT task.task_uuid, task.version, task.from_state, task.to_state, cause('lease_expired'), v_now
    FROM   task WHERE task.to_state <> task.from_state
  )
  SELECT 0::smallint, ended.task_uuid, ended.step_index, ended.state, ended.lease_token, ended.attempts,
         CASE WHEN ended.retryable THEN ended.max_attempts ELSE 1 END
  FROM   ended
  UNION ALL
  SELECT 2::smallint, task.task_uuid, -1, task.to_state, NULL, NULL, NULL FROM task WHERE task.to_state <> task.from_state;
END $$;
