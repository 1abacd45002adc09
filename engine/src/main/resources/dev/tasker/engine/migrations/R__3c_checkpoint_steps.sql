-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Saves the progress of leased steps (02 §7.5). A step stays in progress: no transition, no attempt, no history; the lease of its session
-- is renewed. A step that yields gets a new lease of the same session, logged as any other: its token rises.

-- A checkpoint counts when its step is in progress under the same token; a yield only with the session that holds the lease, too.
-- The history keeps its last 100 entries. A checkpoint with the cursor and count of the one before it, such as one that is sent again,
-- replaces it without an entry of its own.
-- p_cursor and p_accumulated are JSON, the latter null for none; no step may be named twice.
-- Returns the saved steps with their token, and, for those that yield, attempts and the whole record.
CREATE OR REPLACE FUNCTION checkpoint_steps(
  p_batch bigint, p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_yields boolean[],
  p_cursor text[], p_items bigint[], p_accumulated text[])
RETURNS TABLE (task_uuid uuid, step_index integer, token integer, attempts integer, record text)
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
  v_time text := to_char(v_now AT TIME ZONE 'UTC', '"\"timestamp\":\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\""');
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) AND in_span(task.task_uuid, v_low, v_high)
  ORDER BY task.task_uuid FOR NO KEY UPDATE;

  RETURN QUERY
  WITH saved AS (
    UPDATE workflow_steps AS step
    SET    checkpoint = i.head || v_time || ',"accumulated_results":' || coalesce(i.accumulated, 'null') || '}',
           checkpoint_history = CASE WHEN starts_with(step.checkpoint, i.head) THEN step.checkpoint_history
                                     ELSE (step.checkpoint_history || i.entry)[greatest(cardinality(step.checkpoint_history) - 98, 1):] END,
           lease_token = step.lease_token + i.yields::integer
    FROM  (SELECT task_uuid, step_index, token, session_id, yields, accumulated,
                  '{"cursor":' || cursor || ',"items_processed":' || items || ',' AS head,
                  '{"cursor":' || cursor || ',' || v_time || '}' AS entry
           FROM   unnest(p_task, p_step, p_token, p_session, p_yields, p_cursor, p_items, p_accumulated)
                    AS given(task_uuid, step_index, token, session_id, yields, cursor, items, accumulated)) AS i
    WHERE  step.task_uuid = i.task_uuid AND step.step_index = i.step_index AND in_span(step.task_uuid, v_low, v_high)
    AND    in_state(step.state, step_state('in_progress')) AND step.lease_token = i.token
    AND    (NOT i.yields OR step.session_id = i.session_id)
    RETURNING step.task_uuid, step.step_index, step.lease_token, step.attempts, step.session_id, i.yields, step.checkpoint,
              step.checkpoint_history
  ),
  lease_log AS (
    INSERT INTO session_leases (session_id, batch, task_uuids, step_indexes)
    SELECT saved.session_id, p_batch, array_agg(saved.task_uuid), array_agg(saved.step_index)
    FROM   saved WHERE saved.yields GROUP BY saved.session_id
  ),
  renewed AS (
    UPDATE worker_sessions AS session SET expires_at = v_now + session.lease_duration
    FROM  (SELECT DISTINCT saved.session_id FROM saved) AS holder
    WHERE  session.session_id = holder.session_id AND session.expires_at > '-infinity'
  )
  SELECT saved.task_uuid, saved.step_index, saved.lease_token, saved.attempts,
         CASE WHEN saved.yields THEN checkpoint_record(saved.checkpoint, saved.checkpoint_history) END
  FROM   saved;
END $$;

-- Forgets the progress of a step that is not running, so that its next attempt begins anew; whether there was any.
CREATE OR REPLACE FUNCTION clear_checkpoint(p_task uuid, p_step integer) RETURNS boolean
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET lock_timeout = '10s'
AS $$
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = p_task FOR NO KEY UPDATE;

  UPDATE workflow_steps AS step SET checkpoint = NULL, checkpoint_history = NULL
  WHERE  step.task_uuid = p_task AND step.step_index = p_step
  AND    step.state <> step_state('in_progress') AND step.checkpoint IS NOT NULL;
  RETURN FOUND;
END $$;

-- The record as handlers and operators see it: the stored object with its history as last member. Text is joined, never parsed, so that
-- numbers, escapes and repeated keys stay as they were written.
CREATE OR REPLACE FUNCTION checkpoint_record(p_checkpoint text, p_history text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  left(p_checkpoint, -1) || ',"history":[' || array_to_string(p_history, ',') || ']}';
