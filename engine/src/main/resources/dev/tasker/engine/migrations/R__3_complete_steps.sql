-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Records results of leased steps and everything that follows from them: step state, children, leases of successors, retry timers,
-- counters and state of the task, history. Locks the tasks, then one statement, and one more where there are events.
--   p_outcome: 0 success, 1 failure that may be retried, 2 failure that may not.
--   p_refusal: why the engine did not accept a success, for the history of a step that fails by it; null otherwise.
--   p_accept_*: steps that become ready by this call and shall be leased to the given session instead of waiting in their queue.
--   p_event_*: domain events of the results; state: the one that the outcome must leave the step in (null: any); message: what is kept
--     for consumers (null: nothing).
-- A result counts when its step is in progress under the same token; others change nothing and return no row of kind 0.
-- Returns rows by kind:
--   0 accepted result: task, step, resulting state
--   1 step that became ready: task, step, state (enqueued or in_progress), token, attempts, queue, priority, session
--   2 task whose state changed: task, -1, new state
--   3 retry timer set: task, step, milliseconds until it is due in "token"
--   5 event published: task, step, resulting state, position among p_event_* in "token"
CREATE OR REPLACE FUNCTION complete_steps(
  p_batch bigint, p_renew integer[],
  p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_outcome smallint[], p_delay_ms integer[],
  p_execution_ms integer[], p_result text[], p_refusal text[],
  p_accept_task uuid[], p_accept_step integer[], p_accept_session integer[],
  p_event_task uuid[] DEFAULT '{}', p_event_step integer[] DEFAULT '{}', p_event_state integer[] DEFAULT '{}',
  p_event_id uuid[] DEFAULT '{}', p_event_namespace text[] DEFAULT '{}', p_event_name text[] DEFAULT '{}',
  p_event_message text[] DEFAULT '{}')
RETURNS TABLE (kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, attempts integer, queue_id integer,
               priority integer, session_id integer)
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
  -- Separate from the statement below, which then sees what earlier holders of these locks committed.
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) AND in_span(task.task_uuid, v_low, v_high)
  ORDER BY task.task_uuid FOR NO KEY UPDATE;

  RETURN QUERY
  WITH done AS (
    UPDATE workflow_steps AS step
    SET    state = CASE WHEN i.outcome = 0 THEN step_state('complete')
                        WHEN i.outcome = 1 AND step.retryable AND step.attempts < step.max_attempts THEN step_state('waiting_for_retry')
                        ELSE step_state('error') END,
           version = step.version + 1, entered_at = v_now, session_id = NULL, result = i.result,
           next_retry_at = CASE WHEN i.outcome = 1 AND step.retryable AND step.attempts < step.max_attempts
                                THEN v_now + i.delay_ms * interval '1 ms' ELSE step.next_retry_at END,
           backoff_request_seconds = CASE WHEN i.outcome = 1 AND step.retryable AND step.attempts < step.max_attempts
                                          THEN (i.delay_ms + 999) / 1000 ELSE step.backoff_request_seconds END
    FROM   unnest(p_task, p_step, p_token, p_session, p_outcome, p_delay_ms, p_execution_ms, p_result, p_refusal)
             AS i(task_uuid, step_index, token, session_id, outcome, delay_ms, execution_ms, result, refusal)
    WHERE  step.task_uuid = i.task_uuid AND step.step_index = i.step_index AND in_span(step.task_uuid, v_low, v_high)
    AND    in_state(step.state, step_state('in_progress')) AND step.lease_token = i.token
    RETURNING step.task_uuid, step.step_index, step.state, step.version, step.children, step.batch_step, step.next_retry_at,
              step.template_id, step.template_step, step.created_at, i.session_id, i.delay_ms, i.execution_ms, CASE WHEN i.outcome > 0 THEN coalesce(i.refusal, i.result) END AS failure
  ),
  -- each instance that completes opens the next slot of its batch
  opened AS (
    UPDATE batches AS batch
    SET    next_index = batch.next_index + ended.instances
    FROM  (SELECT done.task_uuid, done.batch_step, count(*)::integer AS instances
           FROM   done WHERE done.batch_step IS NOT NULL AND done.state = step_state('complete')
           GROUP  BY done.task_uuid, done.batch_step) AS ended
    WHERE  batch.task_uuid = ended.task_uuid AND batch.step_index = ended.batch_step AND batch.next_index <= batch.last_index
    RETURNING batch.task_uuid, batch.next_index - ended.instances AS first_index, least(batch.next_index - 1, batch.last_index) AS last_index
  ),
  -- children of completed steps, and instances with a new slot, with the number of parents they lost, and the session that would take them
  released AS (
    SELECT facts.task_uuid, facts.step_index, sum(facts.parents)::integer AS parents, max(facts.session_id) AS session_id
    FROM  (SELECT done.task_uuid, child.step_index, 1 AS parents, NULL::integer AS session_id
           FROM   done, unnest(done.children) AS child(step_index)
           WHERE  done.state = step_state('complete')
           UNION ALL
           SELECT opened.task_uuid, generate_series(opened.first_index, opened.last_index), 1, NULL FROM opened
           UNION ALL
           SELECT offer.task_uuid, offer.step_index, 0, offer.session_id
           FROM   unnest(p_accept_task, p_accept_step, p_accept_session) AS offer(task_uuid, step_index, session_id)) AS facts
    GROUP  BY facts.task_uuid, facts.step_index
    HAVING sum(facts.parents) > 0
  ),
  -- a task with a permanently failed step, or one given up, starts nothing new (01 §2.7)
  releasable AS (
    SELECT released.*, task.priority,
           task.failed_steps = 0
             AND NOT released.task_uuid IN (SELECT done.task_uuid FROM done WHERE done.state = step_state('error'))
             AND task.state < task_state('complete') AS open
    FROM   released
           CROSS JOIN LATERAL (SELECT found.priority, found.failed_steps, found.state FROM tasks AS found
                               WHERE found.task_uuid = released.task_uuid AND found.task_uuid BETWEEN v_low AND v_high OFFSET 0) AS task
  ),
  child AS (
    UPDATE workflow_steps AS step
    SET    pending_parents = step.pending_parents - r.parents,
           state = CASE WHEN NOT (r.open AND step.pending_parents = r.parents AND step.state = step_state('pending')) THEN step.state
                        WHEN r.session_id IS NULL THEN step_state('enqueued') ELSE step_state('in_progress') END,
           version = CASE WHEN r.open AND step.pending_parents = r.parents AND step.state = step_state('pending')
                          THEN step.version + 1 ELSE step.version END,
           entered_at = CASE WHEN r.open AND step.pending_parents = r.parents AND step.state = step_state('pending')
                             THEN v_now ELSE step.entered_at END,
           session_id = CASE WHEN r.open AND step.pending_parents = r.parents AND step.state = step_state('pending')
                             THEN r.session_id ELSE step.session_id END,
           attempts = CASE WHEN r.session_id IS NOT NULL AND r.open AND step.pending_parents = r.parents
                                AND step.state = step_state('pending') THEN step.attempts + 1 ELSE step.attempts END,
           lease_token = CASE WHEN r.session_id IS NOT NULL AND r.open AND step.pending_parents = r.parents
                                   AND step.state = step_state('pending') THEN step.lease_token + 1 ELSE step.lease_token END,
           last_attempted_at = CASE WHEN r.session_id IS NOT NULL AND r.open AND step.pending_parents = r.parents
                                         AND step.state = step_state('pending') THEN v_now ELSE step.last_attempted_at END
    FROM   releasable AS r
    WHERE  step.task_uuid = r.task_uuid AND step.step_index = r.step_index AND in_span(step.task_uuid, v_low, v_high)
    RETURNING step.task_uuid, step.step_index, step.state, step.version, step.lease_token, step.attempts, step.queue_id, r.priority,
              step.session_id, step.template_id, step.template_step,
              -- a pending step that still had pending parents was not in the pipeline: being there now is this call's doing
              step.pending_parents = 0 AND step.state IN (step_state('enqueued'), step_state('in_progress')) AS started
  ),
  waiting AS (
    INSERT INTO ready_steps (queue_id, priority, task_uuid, step_index)
    SELECT child.queue_id, child.priority, child.task_uuid, child.step_index
    FROM   child WHERE child.started AND child.session_id IS NULL
    ORDER  BY child.task_uuid, child.step_index
  ),
  timer AS (
    INSERT INTO timers (due_at, task_uuid, step_index)
    SELECT done.next_retry_at, done.task_uuid, done.step_index FROM done WHERE done.state = step_state('waiting_for_retry')
  ),
  lease_log AS (
    INSERT INTO session_leases (session_id, batch, task_uuids, step_indexes)
    SELECT child.session_id, p_batch, array_agg(child.task_uuid), array_agg(child.step_index)
    FROM   child WHERE child.started AND child.session_id IS NOT NULL GROUP BY child.session_id
  ),
  renewed AS (
    UPDATE worker_sessions AS session SET expires_at = v_now + session.lease_duration
    WHERE  session.session_id = ANY (p_renew) AND session.expires_at > '-infinity'
  ),
  step_log AS (
    INSERT INTO step_history (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at, session_id, execution_time_ms,
                              detail)
    SELECT done.task_uuid, done.step_index, done.version, step_state('in_progress'), done.state, cause('worker'), v_now,
           done.session_id, done.execution_ms, done.failure
    FROM   done
    UNION ALL
    SELECT child.task_uuid, child.step_index, child.version, step_state('pending'), child.state, cause('engine'), v_now,
           child.session_id, NULL, NULL
    FROM   child WHERE child.started
  ),
  delta AS (
    SELECT facts.task_uuid, sum(facts.satisfied)::integer AS satisfied, sum(facts.failed)::integer AS failed,
           sum(facts.active)::integer AS active
    FROM  (SELECT done.task_uuid, (done.state = step_state('complete'))::integer AS satisfied,
                  (done.state = step_state('error'))::integer AS failed, -1 AS active FROM done
           UNION ALL
           SELECT child.task_uuid, 0, 0, 1 FROM child WHERE child.started) AS facts
    GROUP  BY facts.task_uuid
  ),
  verdict AS (
    SELECT delta.*, task.state AS from_state,
           state_after(task.state, task.total_steps, task.satisfied_steps + delta.satisfied, task.failed_steps + delta.failed,
                       task.active_steps + delta.active) AS to_state
    FROM   delta
           CROSS JOIN LATERAL (SELECT found.state, found.total_steps, found.satisfied_steps, found.failed_steps, found.active_steps
                               FROM   tasks AS found
                               WHERE  found.task_uuid = delta.task_uuid AND found.task_uuid BETWEEN v_low AND v_high OFFSET 0) AS task
  ),
  task AS (
    UPDATE tasks AS task
    SET    satisfied_steps = task.satisfied_steps + v.satisfied, failed_steps = task.failed_steps + v.failed,
           active_steps = task.active_steps + v.active, state = v.to_state, updated_at = v_now,
           version = CASE WHEN v.to_state = v.from_state THEN task.version ELSE task.version + 1 END,
           entered_at = CASE WHEN v.to_state = v.from_state THEN task.entered_at ELSE v_now END
    FROM   verdict AS v
    WHERE  task.task_uuid = v.task_uuid AND in_span(task.task_uuid, v_low, v_high)
    RETURNING task.task_uuid, task.version, task.template_id, task.created_at, task.total_steps, v.from_state, v.to_state
  ),
  -- as feed_steps() and feed_tasks() do for calls that are made less often
  feed AS (
    INSERT INTO rollup_feed (changed_at, template_id, template_step, from_state, to_state, entities, ages, steps)
    SELECT v_now, facts.template_id, facts.template_step, facts.from_state, facts.to_state, count(*),
           array_agg(facts.age) FILTER (WHERE facts.age IS NOT NULL), sum(facts.steps)
    FROM  (SELECT done.template_id, done.template_step, step_state('in_progress') AS from_state, done.state AS to_state,
                  CASE WHEN done.state IN (step_state('complete'), step_state('error')) THEN rollup_age(done.created_at, v_now) END AS age,
                  NULL::integer AS steps
           FROM   done
           UNION ALL
           SELECT child.template_id, child.template_step, step_state('pending'), child.state, NULL, NULL FROM child WHERE child.started
           UNION ALL
           SELECT task.template_id, -1, task.from_state, task.to_state,
                  CASE WHEN task.to_state IN (task_state('complete'), task_state('blocked_by_failures'))
                            OR task.from_state = task_state('blocked_by_failures')
                       THEN rollup_age(task.created_at, v_now) END,
                  CASE WHEN task.to_state = task_state('complete') THEN task.total_steps END
           FROM   task WHERE task.to_state <> task.from_state) AS facts
    GROUP  BY facts.template_id, facts.template_step, facts.from_state, facts.to_state
  ),
  task_log AS (
    INSERT INTO task_history (task_uuid, sort_key, from_state, to_state, cause, created_at)
    SELECT task.task_uuid, task.version, task.from_state, task.to_state, cause('worker'), v_now
    FROM   task WHERE task.to_state <> task.from_state
  )
  SELECT 0::smallint, done.task_uuid, done.step_index, done.state, NULL::integer, NULL::integer, NULL::integer, NULL::integer,
         NULL::integer
  FROM   done
  UNION ALL
  SELECT 1::smallint, child.task_uuid, child.step_index, child.state, child.lease_token, child.attempts, child.queue_id,
         child.priority, child.session_id
  FROM   child WHERE child.started
  UNION ALL
  SELECT 2::smallint, task.task_uuid, -1, task.to_state, NULL, NULL, NULL, NULL, NULL FROM task WHERE task.to_state <> task.from_state
  UNION ALL
  SELECT 3::smallint, done.task_uuid, done.step_index, done.state, done.delay_ms, NULL, NULL, NULL, NULL
  FROM   done WHERE done.state = step_state('waiting_for_retry');

  -- Events of the results that were recorded, where the outcome is the one they tell of. In a statement of its own, which most calls save.
  IF cardinality(p_event_task) > 0 THEN
    RETURN QUERY
    WITH published AS (
      SELECT event.*, step.state, step.version
      FROM   unnest(p_event_task, p_event_step, p_event_state, p_event_id, p_event_namespace, p_event_name, p_event_message)
               WITH ORDINALITY AS event(task_uuid, step_index, needed, event_id, namespace, event_name, message, number)
             CROSS JOIN LATERAL (SELECT found.state, found.version, found.xmin FROM workflow_steps AS found
                                 WHERE found.task_uuid = event.task_uuid AND found.step_index = event.step_index
                                 AND   found.task_uuid BETWEEN v_low AND v_high OFFSET 0) AS step
      WHERE  step.xmin = pg_current_xact_id()::xid -- recorded here, not before
      AND    step.state IN (step_state('complete'), step_state('error'), step_state('waiting_for_retry'))
      AND    step.state = coalesce(event.needed, step.state)
    ),
    outbox AS (
      INSERT INTO domain_events (namespace, event_id, event_name, task_uuid, step_index, sort_key, step_state, published_at, message)
      SELECT published.namespace, published.event_id, published.event_name, published.task_uuid, published.step_index,
             published.version, published.state, v_now, published.message
      FROM   published WHERE published.message IS NOT NULL
      ORDER  BY published.number
    )
    SELECT 5::smallint, published.task_uuid, published.step_index, published.state, published.number::integer, NULL::integer, NULL::integer,
           NULL::integer, NULL::integer
    FROM   published;
  END IF;
END $$;
