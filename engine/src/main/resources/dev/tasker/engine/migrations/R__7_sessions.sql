-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Which history of the database this is: another one after the promotion of a standby or the restoration of a backup. Null where the
-- database does not tell, as some hosted ones.
CREATE OR REPLACE FUNCTION timeline() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = tasker, pg_temp
AS $$
BEGIN
  RETURN substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8);
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;

-- Renews sessions and cuts their lease logs back to what they still hold. p_batch is the highest call number up to which the node has
-- seen every answer: what those calls leased and is not named here has ended. Later rows stay. A session that was ended is not renewed.
-- Returns the named leases that are no longer theirs, and whether a person ended them. A node whose memory is of another timeline does
-- not know what it holds: nothing is done, and a row without a session tells its present one.
DROP FUNCTION IF EXISTS heartbeat(integer[], bigint, integer[], uuid[], integer[], integer[]);
CREATE OR REPLACE FUNCTION heartbeat(
  p_sessions integer[], p_batch bigint,
  p_held_session integer[], p_held_task uuid[], p_held_step integer[], p_held_token integer[], p_timeline text)
RETURNS TABLE (session_id integer, task_uuid uuid, step_index integer, token integer, cancelled boolean, timeline text)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET lock_timeout = '5s'
AS $$
#variable_conflict use_column
BEGIN
  IF p_timeline <> timeline() THEN
    RETURN QUERY SELECT NULL::integer, NULL::uuid, NULL::integer, NULL::integer, NULL::boolean, timeline();
    RETURN;
  END IF;
  UPDATE worker_sessions AS session SET expires_at = engine_now() + session.lease_duration
  WHERE  session.session_id = ANY (p_sessions) AND session.expires_at > '-infinity';
  DELETE FROM session_leases AS log WHERE log.session_id = ANY (p_sessions) AND log.batch <= p_batch;
  INSERT INTO session_leases (session_id, batch, task_uuids, step_indexes)
  SELECT held.session_id, p_batch, array_agg(held.task_uuid), array_agg(held.step_index)
  FROM   unnest(p_held_session, p_held_task, p_held_step) AS held(session_id, task_uuid, step_index)
  GROUP  BY held.session_id;

  RETURN QUERY
  SELECT held.session_id, held.task_uuid, held.step_index, held.token,
         EXISTS (SELECT FROM workflow_steps AS ended
                 WHERE  ended.task_uuid = held.task_uuid AND ended.step_index = held.step_index
                 AND    ended.state IN (step_state('cancelled'), step_state('resolved_manually'))),
         NULL::text
  FROM   unnest(p_held_session, p_held_task, p_held_step, p_held_token) AS held(session_id, task_uuid, step_index, token)
  WHERE  NOT EXISTS (
    SELECT FROM workflow_steps AS step
    WHERE  step.task_uuid = held.task_uuid AND step.step_index = held.step_index
    AND    step.state = step_state('in_progress') AND step.lease_token = held.token);
END $$;

-- Moves leases to a session of the node that their worker has come back to; tokens stay, so that results on their way count (04 §9.6).
-- Leases that ended meanwhile are left out. Returns those that moved.
CREATE OR REPLACE FUNCTION adopt_leases(p_session integer, p_batch bigint, p_task uuid[], p_step integer[], p_token integer[])
RETURNS TABLE (task_uuid uuid, step_index integer, token integer, attempts integer)
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
  v_range uuid[] := uuid_range(p_task);
  v_low uuid := v_range[1];   -- bounds by which partitions are pruned when a statement starts
  v_high uuid := v_range[2];
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) AND in_span(task.task_uuid, v_low, v_high)
  ORDER BY task.task_uuid FOR NO KEY UPDATE;

  RETURN QUERY
  WITH moved AS (
    UPDATE workflow_steps AS step
    SET    session_id = p_session
    FROM   unnest(p_task, p_step, p_token) AS i(task_uuid, step_index, token)
    WHERE  step.task_uuid = i.task_uuid AND step.step_index = i.step_index AND in_span(step.task_uuid, v_low, v_high)
    AND    in_state(step.state, step_state('in_progress')) AND step.lease_token = i.token
    RETURNING step.task_uuid, step.step_index, step.lease_token, step.attempts
  ),
  log AS (
    INSERT INTO session_leases (session_id, batch, task_uuids, step_indexes)
    SELECT p_session, p_batch, array_agg(moved.task_uuid), array_agg(moved.step_index)
    FROM   moved HAVING count(*) > 0
  ),
  renewed AS (
    UPDATE worker_sessions AS session SET expires_at = engine_now() + session.lease_duration
    WHERE  session.session_id = p_session AND session.expires_at > '-infinity'
  )
  SELECT moved.task_uuid, moved.step_index, moved.lease_token, moved.attempts FROM moved;
END $$;

-- The leases of a session as the database knows them, for a node that lost an answer.
CREATE OR REPLACE FUNCTION leases_of(p_session integer)
RETURNS TABLE (task_uuid uuid, step_index integer, token integer, attempts integer, queue_id integer)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
SET enable_seqscan = off
AS $$
  SELECT step.task_uuid, step.step_index, step.lease_token, step.attempts, step.queue_id
  FROM  (SELECT DISTINCT held.task_uuid, held.step_index
         FROM   session_leases AS log, unnest(log.task_uuids, log.step_indexes) AS held(task_uuid, step_index)
         WHERE  log.session_id = p_session) AS held
         JOIN workflow_steps AS step USING (task_uuid, step_index)
  WHERE  step.state = step_state('in_progress') AND step.session_id = p_session
$$;

-- Enters a session of a living node that the database does not know, under the number it has: its row was among the commits that a
-- promoted standby or a restored backup lacks. False when the number has become another session's.
CREATE OR REPLACE FUNCTION reenter_session(
  p_session integer, p_uuid uuid, p_node uuid, p_worker text, p_in_process boolean, p_lease interval)
RETURNS boolean
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
AS $$
BEGIN
  INSERT INTO worker_sessions (session_id, session_uuid, node_uuid, worker_name, in_process, lease_duration, created_at, expires_at)
  OVERRIDING SYSTEM VALUE
  VALUES (p_session, p_uuid, p_node, p_worker, p_in_process, p_lease, engine_now(), engine_now() + p_lease)
  ON CONFLICT DO NOTHING;
  WHILE FOUND AND nextval(pg_get_serial_sequence('worker_sessions', 'session_id')) < p_session LOOP
    NULL;  -- numbers up to this one are taken
  END LOOP;
  RETURN EXISTS (SELECT FROM worker_sessions WHERE session_id = p_session AND session_uuid = p_uuid);
END $$;

-- What a node has to know to sleep: one call, one snapshot. Rows by kind:
--   0 the database's time, and the timeline in the place of the namespace
--   1 when the next retry is due (no row: none waits)
--   2 a session with leases and when it expires (null: it was ended)
--   3 a queue of p_queues with waiting steps: priority and first sequence
--   4 when there are not just the p_known queues that the node knows: each queue, with namespace and callable
CREATE OR REPLACE FUNCTION pulse(p_queues integer[], p_known integer)
RETURNS TABLE (kind smallint, at timestamptz, id integer, priority integer, sequence bigint, namespace text, callable text)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
SET enable_seqscan = off
AS $$
  SELECT 0::smallint, engine_now(), NULL::integer, NULL::integer, NULL::bigint, timeline(), NULL::text
  UNION ALL
  (SELECT 1::smallint, due_at, NULL, NULL, NULL, NULL, NULL FROM timers ORDER BY due_at LIMIT 1)
  UNION ALL
  SELECT 2::smallint, nullif(session.expires_at, '-infinity'), session.session_id, NULL, NULL, NULL, NULL
  FROM   worker_sessions AS session
  WHERE  session.session_id IN (SELECT log.session_id FROM session_leases AS log)
  UNION ALL
  SELECT 3::smallint, NULL, head.queue_id, head.priority,
         (SELECT min(first.sequence) FROM ready_steps AS first
          WHERE first.queue_id = head.queue_id AND first.priority = head.priority), NULL, NULL
  FROM   unnest(p_queues) AS wanted(queue_id),
         LATERAL (
           WITH RECURSIVE level AS (  -- distinct priorities by index, not by reading what waits
             (SELECT queue_id, priority FROM ready_steps WHERE queue_id = wanted.queue_id ORDER BY priority DESC LIMIT 1)
             UNION ALL
             SELECT level.queue_id, (SELECT lower.priority FROM ready_steps AS lower
                                     WHERE lower.queue_id = level.queue_id AND lower.priority < level.priority
                                     ORDER BY lower.priority DESC LIMIT 1)
             FROM   level WHERE level.priority IS NOT NULL)
           SELECT queue_id, priority FROM level WHERE priority IS NOT NULL) AS head
  UNION ALL
  SELECT 4::smallint, NULL, queue_id, NULL, NULL, namespace, callable FROM queues
  WHERE  (SELECT count(*) FROM queues) <> p_known
$$;
