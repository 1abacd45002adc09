-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Creates tasks with their initial steps; the root steps are enqueued, or leased at once where p_session names a session.
-- One statement, plus one that looks up the winners when an identity was taken. Returns nothing when every task was created, else one
-- row per task: its position in the arrays and the uuid that now owns the identity (its own: it was created).
-- Inserts in order of identity hash, so that two calls with common identities wait for each other in one direction only.
CREATE OR REPLACE FUNCTION create_tasks(
  p_batch bigint, p_renew integer[],
  p_task uuid[], p_template integer[], p_priority integer[], p_identity bytea[], p_correlation uuid[], p_parent_correlation uuid[],
  p_initiator text[], p_source_system text[], p_reason text[], p_tags text[], p_context text[], p_session integer[],
  p_traceparent text[] DEFAULT '{}')
RETURNS TABLE ("position" integer, owner uuid)
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
  v_created integer;
BEGIN
  WITH identity AS (
    INSERT INTO task_identities (identity_hash, task_uuid)
    SELECT i.identity_hash, i.task_uuid FROM unnest(p_identity, p_task) AS i(identity_hash, task_uuid)
    ORDER  BY i.identity_hash
    ON CONFLICT (identity_hash) DO NOTHING
    RETURNING task_uuid
  ),
  request AS (
    INSERT INTO task_requests (task_uuid, template_id, priority, identity_hash, correlation_id, parent_correlation_id,
                               initiator, source_system, reason, tags, context, traceparent)
    SELECT i.task_uuid, i.template_id, i.priority, i.identity_hash, i.correlation_id, i.parent_correlation_id,
           i.initiator, i.source_system, i.reason, i.tags, i.context, i.traceparent
    FROM   unnest(p_task, p_template, p_priority, p_identity, p_correlation, p_parent_correlation, p_initiator, p_source_system,
                  p_reason, p_tags, p_context, p_traceparent)
             AS i(task_uuid, template_id, priority, identity_hash, correlation_id, parent_correlation_id, initiator,
                  source_system, reason, tags, context, traceparent)
    WHERE  (i.task_uuid IN (SELECT identity.task_uuid FROM identity)) IS TRUE -- hashed, which a plain IN is not without hash joins
    RETURNING task_uuid, template_id, priority
  ),
  -- the created tasks with the session offered to them: sets are combined by grouping, never joined to one another
  created AS (
    SELECT task_uuid, max(template_id) AS template_id, max(priority) AS priority, max(session_id) AS session_id
    FROM  (SELECT task_uuid, template_id, priority, NULL::integer AS session_id FROM request
           UNION ALL
           SELECT task_uuid, NULL, NULL, session_id FROM unnest(p_task, p_session) AS offer(task_uuid, session_id)) AS facts
    GROUP  BY task_uuid
    HAVING max(template_id) IS NOT NULL
  ),
  task AS (
    INSERT INTO tasks (task_uuid, template_id, priority, created_at, total_steps, active_steps, state, version, entered_at, updated_at)
    SELECT created.task_uuid, created.template_id, created.priority, v_now, template.initial_steps,
           (SELECT count(*) FROM template_steps AS root WHERE root.template_id = created.template_id AND root.parents = 0),
           CASE WHEN template.initial_steps = 0 THEN task_state('complete') ELSE task_state('steps_in_process') END, 1, v_now, v_now
    FROM   created JOIN templates AS template USING (template_id)
    ORDER  BY created.task_uuid
    RETURNING task_uuid, state, template_id
  ),
  task_log AS (
    INSERT INTO task_history (task_uuid, sort_key, from_state, to_state, cause, created_at)
    SELECT task_uuid, 1, task_state('pending'), state, cause('engine'), v_now FROM task
  ),
  step AS (
    INSERT INTO workflow_steps (task_uuid, step_index, queue_id, template_id, template_step, total_parents, max_attempts, retryable, created_at,
                                children, pending_parents, attempts, lease_token, state, version, entered_at, session_id,
                                last_attempted_at)
    SELECT created.task_uuid, planned.step_index, planned.queue_id, created.template_id, planned.step_index, planned.parents, planned.max_attempts,
           planned.retryable, v_now, planned.children, planned.parents, start.leased, start.leased,
           CASE WHEN planned.parents > 0 THEN step_state('pending')
                WHEN start.leased = 1 THEN step_state('in_progress')
                ELSE step_state('enqueued') END,
           CASE WHEN planned.parents = 0 THEN 1 ELSE 0 END, v_now,
           CASE WHEN start.leased = 1 THEN created.session_id END,
           CASE WHEN start.leased = 1 THEN v_now END
    FROM   created
           JOIN template_steps AS planned USING (template_id)
           CROSS JOIN LATERAL (SELECT CASE WHEN planned.parents = 0 AND created.session_id IS NOT NULL THEN 1 ELSE 0 END) AS start(leased)
    ORDER  BY created.task_uuid, planned.step_index
    RETURNING task_uuid, step_index, state, session_id, template_id, template_step
  ),
  step_log AS (
    INSERT INTO step_history (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at, session_id)
    SELECT task_uuid, step_index, 1, step_state('pending'), state, cause('engine'), v_now, session_id
    FROM   step WHERE state <> step_state('pending')
  ),
  -- as feed_steps() and feed_tasks() do for calls that are made less often
  feed AS (
    INSERT INTO rollup_feed (changed_at, template_id, template_step, from_state, to_state, entities, ages, steps)
    SELECT v_now, template_id, template_step, from_state, to_state, count(*), array_agg(age) FILTER (WHERE age IS NOT NULL), max(steps)
    FROM  (SELECT template_id, -1 AS template_step, NULL::smallint AS from_state, state AS to_state,
                  CASE WHEN state = task_state('complete') THEN 0 END AS age, CASE WHEN state = task_state('complete') THEN 0 END AS steps
           FROM   task
           UNION ALL
           SELECT template_id, template_step, step_state('pending'), state, NULL, NULL FROM step WHERE state <> step_state('pending')) AS facts
    GROUP  BY template_id, template_step, from_state, to_state
  ),
  lease_log AS (
    INSERT INTO session_leases (session_id, batch, task_uuids, step_indexes)
    SELECT session_id, p_batch, array_agg(task_uuid), array_agg(step_index)
    FROM   step WHERE session_id IS NOT NULL GROUP BY session_id
  ),
  renewed AS (
    UPDATE worker_sessions SET expires_at = v_now + lease_duration WHERE session_id = ANY (p_renew) AND expires_at > '-infinity'
  ),
  waiting AS (
    INSERT INTO ready_steps (queue_id, priority, task_uuid, step_index)
    SELECT planned.queue_id, created.priority, created.task_uuid, planned.step_index
    FROM   created JOIN template_steps AS planned USING (template_id)
    WHERE  created.session_id IS NULL AND planned.parents = 0
    ORDER  BY created.task_uuid, planned.step_index
  )
  SELECT count(*) INTO v_created FROM request;

  IF v_created < cardinality(p_task) THEN
    RETURN QUERY
      SELECT i.ordinality::integer, identity.task_uuid
      FROM   unnest(p_identity) WITH ORDINALITY AS i(identity_hash, ordinality)
             JOIN task_identities AS identity USING (identity_hash);
  END IF;
END $$;
