-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Takes back what an expired session still held: the attempt stays counted, the token rises, the step is enqueued again without delay,
-- or fails when its attempts are used up or its template wants it run at most once (04 §9.6). Works on the first p_batches rows of the
-- session's lease log; the caller repeats until nothing comes back. Does nothing for a session that was renewed meanwhile.
--   p_results: what is stored for a step that may be retried, for one that may not, and for one that is run at most once.
-- Returns the steps taken back with their new state, queue, priority, attempts made and allowed, and which of the results they got, and with index -1
-- the tasks whose state changed; when all of them had moved on before, one row without a task says that the log was cut.
CREATE OR REPLACE FUNCTION expire_session(p_session integer, p_grace_ms integer, p_results text[], p_batches integer)
RETURNS TABLE (task_uuid uuid, step_index integer, state smallint, queue_id integer, priority integer, attempts integer,
               max_attempts integer, ending integer)
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
  v_batches bigint[];
  v_task uuid[];
  v_step integer[];
  v_low uuid;                 -- bounds by which partitions are pruned when a statement starts
  v_high uuid;
BEGIN
  SELECT array_agg(DISTINCT log.batch), array_agg(held.task_uuid), array_agg(held.step_index)
  INTO   v_batches, v_task, v_step
  FROM  (SELECT batch, task_uuids, step_indexes FROM session_leases
         WHERE session_id = p_session ORDER BY batch LIMIT p_batches) AS log,
         unnest(log.task_uuids, log.step_indexes) AS held(task_uuid, step_index);
  IF v_batches IS NULL THEN
    RETURN;
  END IF;
  v_low := (uuid_range(v_task))[1];
  v_high := (uuid_range(v_task))[2];

  -- Tasks first, then the session: the order of every other call.
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (v_task) AND in_span(task.task_uuid, v_low, v_high)
  ORDER BY task.task_uuid FOR NO KEY UPDATE;
  PERFORM 1 FROM worker_sessions AS session
  WHERE   session.session_id = p_session AND session.expires_at + p_grace_ms * interval '1 ms' <= v_now
  FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  RETURN QUERY
  WITH leased AS (
    SELECT step.task_uuid, step.step_index, task.priority,
           task.failed_steps = 0 AND task.state < task_state('complete') AS starts,
           step.retryable AND step.attempts < step.max_attempts AND NOT definition.once AS again,
           CASE WHEN definition.once THEN 3 WHEN step.retryable THEN 1 ELSE 2 END AS ending
    FROM  (SELECT DISTINCT i.task_uuid, i.step_index FROM unnest(v_task, v_step) AS i(task_uuid, step_index)) AS i
           JOIN tasks AS task ON task.task_uuid = i.task_uuid AND in_span(task.task_uuid, v_low, v_high)
           JOIN workflow_steps AS step ON step.task_uuid = i.task_uuid AND step.step_index = i.step_index
                                          AND in_span(step.task_uuid, v_low, v_high)
           CROSS JOIN LATERAL (SELECT coalesce((SELECT step.template_step = ANY (template.at_most_once) FROM templates AS template
                                                WHERE  template.template_id = task.template_id), false)) AS definition(once)
    WHERE  step.state = step_state('in_progress') AND step.session_id = p_session
  ),
  held AS (
    SELECT leased.*, leased.starts AND bool_and(leased.again) OVER (PARTITION BY leased.task_uuid) AS open
    FROM   leased
  ),
  expired AS (
    UPDATE workflow_steps AS step
    SET    state = CASE WHEN NOT held.again THEN step_state('error')
                        WHEN held.open THEN step_state('enqueued') ELSE step_state('waiting_for_retry') END,
           version = step.version + 1, entered_at = v_now, session_id = NULL, lease_token = step.lease_token + 1,
           result = p_results[held.ending],
           next_retry_at = CASE WHEN held.again THEN v_now ELSE step.next_retry_at END,
           backoff_request_seconds = CASE WHEN held.again THEN 0 ELSE step.backoff_request_seconds END
    FROM   held
    WHERE  step.task_uuid = held.task_uuid AND step.step_index = held.step_index AND in_span(step.task_uuid, v_low, v_high)
    AND    in_state(step.state, step_state('in_progress')) AND step.session_id = p_session
    RETURNING step.task_uuid, step.step_index, step.state, step.version, step.queue_id, held.priority, step.attempts, step.max_attempts,
              step.retryable, held.ending
  ),
  waiting AS (
    INSERT INTO ready_steps (queue_id, priority, task_uuid, step_index)
    SELECT expired.queue_id, expired.priority, expired.task_uuid, expired.step_index
    FROM   expired WHERE expired.state = step_state('enqueued')
    ORDER  BY expired.task_uuid, expired.step_index
  ),
  step_log AS (
    INSERT INTO step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at, session_id, detail)
    SELECT expired.task_uuid, expired.step_index, expired.version, step_state('in_progress'), expired.state, cause('lease_expired'),
           v_now, p_session, p_results[expired.ending]
    FROM   expired
  ),
  verdict AS (
    SELECT delta.*, task.state AS from_state,
           state_after(task.state, task.total_steps, task.satisfied_steps, task.failed_steps + delta.failed,
                       task.active_steps - delta.ended) AS to_state
    FROM  (SELECT expired.task_uuid, count(*) FILTER (WHERE expired.state = step_state('error'))::integer AS failed,
                  count(*) FILTER (WHERE expired.state <> step_state('enqueued'))::integer AS ended
           FROM   expired GROUP BY expired.task_uuid) AS delta
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
  ),
  cut AS (
    DELETE FROM session_leases AS log WHERE log.session_id = p_session AND log.batch = ANY (v_batches)
  )
  SELECT expired.task_uuid, expired.step_index, expired.state, expired.queue_id, expired.priority, expired.attempts,
         CASE WHEN expired.retryable THEN expired.max_attempts ELSE 1 END, expired.ending
  FROM   expired
  UNION ALL
  SELECT task.task_uuid, -1, task.to_state, NULL, NULL, NULL, NULL, NULL FROM task WHERE task.to_state <> task.from_state
  UNION ALL
  SELECT NULL::uuid, -1, NULL::smallint, NULL::integer, NULL::integer, NULL::integer, NULL::integer, NULL::integer
  WHERE  NOT EXISTS (SELECT FROM expired);
END $$;
