-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Leases up to p_limit waiting steps to one session: per (queue, priority) given, from p_cursor on, highest priority first, then in order
-- of arrival. A row locked by another claimer is skipped; one whose step has moved on is dropped. Never touches tasks.
-- Returns kind 0: leased step (task, step, token, attempts, queue); kind 1: what was taken from a queue and priority (how many in "token",
-- highest sequence). One row of kind 2 and nothing else: the session's own leases ran out, so it is given nothing before its next sign of
-- life; its silence would only use up attempts. Or it was ended.
CREATE OR REPLACE FUNCTION claim_steps(
  p_batch bigint, p_renew integer[], p_session integer, p_queue integer[], p_priority integer[], p_cursor bigint[], p_limit integer)
RETURNS TABLE (kind smallint, task_uuid uuid, step_index integer, token integer, attempts integer, queue_id integer,
               priority integer, sequence bigint)
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
  v_task uuid[];
  v_step integer[];
  v_queue integer[];
  v_priority integer[];
  v_sequence bigint[];
  v_low uuid;                 -- bounds by which partitions are pruned when a statement starts
  v_high uuid;
BEGIN
  IF NOT EXISTS (SELECT FROM worker_sessions AS session WHERE session.session_id = p_session
                 AND session.expires_at > CASE WHEN session.session_id = ANY (p_renew) THEN '-infinity' ELSE v_now END) THEN
    RETURN QUERY SELECT 2::smallint, NULL::uuid, NULL::integer, NULL::integer, NULL::integer, NULL::integer, NULL::integer, NULL::bigint;
    RETURN;
  END IF;

  WITH taken AS (
    DELETE FROM ready_steps AS ready
    WHERE  ready.ctid = ANY (ARRAY(
      SELECT picked.row_id
      FROM   unnest(p_queue, p_priority, p_cursor) AS head(queue_id, priority, cursor),
             LATERAL (SELECT waiting.ctid AS row_id, waiting.sequence
                      FROM   ready_steps AS waiting
                      WHERE  waiting.queue_id = head.queue_id AND waiting.priority = head.priority
                      AND    waiting.sequence > head.cursor
                      ORDER  BY waiting.sequence LIMIT p_limit
                      FOR UPDATE SKIP LOCKED) AS picked
      ORDER  BY head.priority DESC, picked.sequence LIMIT p_limit))
    RETURNING ready.queue_id, ready.priority, ready.sequence, ready.task_uuid, ready.step_index
  )
  SELECT array_agg(taken.task_uuid), array_agg(taken.step_index), array_agg(taken.queue_id), array_agg(taken.priority),
         array_agg(taken.sequence)
  INTO   v_task, v_step, v_queue, v_priority, v_sequence
  -- by task and index, as whoever locks waiting steps of several tasks does
  FROM  (SELECT taken.* FROM taken ORDER BY taken.task_uuid, taken.step_index) AS taken;
  v_low := v_task[1];
  v_high := v_task[cardinality(v_task)];

  -- Before the statement that changes them, or a step that somebody changes at this moment would be left out by it, with its waiting row gone:
  -- PostgreSQL 18 loses rows that it looks at once more after a wait, where partitions were pruned when the statement started.
  PERFORM 1 FROM unnest(v_task, v_step) AS taken(task_uuid, step_index)
                 JOIN workflow_steps AS step ON step.task_uuid = taken.task_uuid AND step.step_index = taken.step_index
                                                AND in_span(step.task_uuid, v_low, v_high)
  ORDER BY step.task_uuid, step.step_index FOR NO KEY UPDATE OF step;

  RETURN QUERY
  WITH claimed AS (
    UPDATE workflow_steps AS step
    SET    state = step_state('in_progress'), version = step.version + 1, attempts = step.attempts + 1,
           lease_token = step.lease_token + 1, session_id = p_session, entered_at = v_now, last_attempted_at = v_now
    FROM   unnest(v_task, v_step, v_priority, v_sequence) AS taken(task_uuid, step_index, priority, sequence)
    WHERE  step.task_uuid = taken.task_uuid AND step.step_index = taken.step_index AND in_state(step.state, step_state('enqueued'))
    AND    in_span(step.task_uuid, v_low, v_high)
    RETURNING step.task_uuid, step.step_index, step.version, step.lease_token, step.attempts, step.queue_id, taken.priority,
              taken.sequence, step.template_id, step.template_step
  ),
  step_log AS (
    INSERT INTO step_history (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at, session_id)
    SELECT claimed.task_uuid, claimed.step_index, claimed.version, step_state('enqueued'), step_state('in_progress'), cause('engine'),
           v_now, p_session
    FROM   claimed
  ),
  feed AS (  -- as feed_steps() does for calls that are made less often
    INSERT INTO rollup_feed (changed_at, template_id, template_step, from_state, to_state, entities)
    SELECT v_now, claimed.template_id, claimed.template_step, step_state('enqueued'), step_state('in_progress'), count(*)
    FROM   claimed GROUP BY claimed.template_id, claimed.template_step
  ),
  lease_log AS (
    INSERT INTO session_leases (session_id, batch, task_uuids, step_indexes)
    SELECT p_session, p_batch, array_agg(claimed.task_uuid), array_agg(claimed.step_index) FROM claimed HAVING count(*) > 0
  ),
  renewed AS (
    UPDATE worker_sessions AS session SET expires_at = v_now + session.lease_duration
    WHERE  session.session_id = ANY (p_renew) AND session.expires_at > '-infinity'
  )
  SELECT 0::smallint, claimed.task_uuid, claimed.step_index, claimed.lease_token, claimed.attempts, claimed.queue_id, claimed.priority,
         claimed.sequence
  FROM   claimed
  UNION ALL
  SELECT 1::smallint, NULL::uuid, NULL::integer, count(*)::integer, NULL::integer, taken.queue_id, taken.priority, max(taken.sequence)
  FROM   unnest(v_queue, v_priority, v_sequence) AS taken(queue_id, priority, sequence) GROUP BY taken.queue_id, taken.priority;
END $$;
