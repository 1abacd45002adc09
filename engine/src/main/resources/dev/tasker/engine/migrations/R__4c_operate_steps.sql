-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Carries out what operators decided about steps, and everything that follows: children, what a blocked task withheld, retry timers,
-- counters and state of the task, history (01 §2.6, §2.7, §5.5). Locks the tasks, then the named steps that a claim could take, then one
-- statement. A step is named once in a call.
--   p_action: 0 reset for retry, 1 resolve manually, 2 complete manually with p_result.
--   p_detail: reason and actor as JSON, kept in the history of the step and, should it change, of the task.
-- Returns rows by kind:
--   0 step acted upon: task, step, new state; with session and token of the lease that this ended, if it had one
--   1 step that waits in its queue now: task, step, state, queue, priority
--   2 task whose state changed: task, -1, new state
--   3 retry timer set anew: task, step, state, milliseconds until it is due in "token"
--   4 refused: task, step, state of the step, state of the task, and the detail of what an operator did to the step last
-- A step that does not exist has no row.
CREATE OR REPLACE FUNCTION operate_steps(
  p_task uuid[], p_step integer[], p_action smallint[], p_result text[], p_detail text[], p_clear_checkpoint boolean[])
RETURNS TABLE (kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, queue_id integer, priority integer,
               session_id integer, task_state smallint, detail text)
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
  -- Claims take waiting steps without their tasks' locks: from here on they wait, and the statement below sees what they took before.
  PERFORM 1 FROM unnest(p_task, p_step) AS i(task_uuid, step_index)
                 JOIN workflow_steps AS step ON step.task_uuid = i.task_uuid AND step.step_index = i.step_index
  WHERE  step.state = step_state('enqueued') ORDER BY step.task_uuid, step.step_index FOR NO KEY UPDATE OF step;

  RETURN QUERY
  WITH asked AS (
    SELECT step.task_uuid, step.step_index, step.state AS from_state, step.children, step.batch_step, i.action, i.result, i.detail, i.clear_checkpoint,
           task.state AS task_state,
           step.state NOT IN (step_state('complete'), step_state('cancelled'), step_state('resolved_manually'))
             AND task.state NOT IN (task_state('complete'), task_state('cancelled'), task_state('resolved_manually'))
             AND (i.action <> 0 OR step.state = step_state('error')) AS allowed
    FROM   unnest(p_task, p_step, p_action, p_result, p_detail, p_clear_checkpoint)
             AS i(task_uuid, step_index, action, result, detail, clear_checkpoint)
           JOIN tasks AS task ON task.task_uuid = i.task_uuid
           JOIN workflow_steps AS step ON step.task_uuid = i.task_uuid AND step.step_index = i.step_index
  ),
  -- steps that let their children start from now on
  satisfied AS (
    SELECT asked.task_uuid, asked.step_index, asked.children, asked.batch_step FROM asked WHERE asked.allowed AND asked.action <> 0
  ),
  -- each instance that is satisfied opens the next slot of its batch, as in complete_steps
  opened AS (
    UPDATE batches AS batch
    SET    next_index = batch.next_index + ended.instances
    FROM  (SELECT satisfied.task_uuid, satisfied.batch_step, count(*)::integer AS instances
           FROM   satisfied WHERE satisfied.batch_step IS NOT NULL GROUP BY satisfied.task_uuid, satisfied.batch_step) AS ended
    WHERE  batch.task_uuid = ended.task_uuid AND batch.step_index = ended.batch_step AND batch.next_index <= batch.last_index
    RETURNING batch.task_uuid, batch.next_index - ended.instances AS first_index, least(batch.next_index - 1, batch.last_index) AS last_index
  ),
  -- tasks that started nothing before and may now: no step of theirs is left in error
  reopened AS (
    SELECT repaired.task_uuid
    FROM  (SELECT asked.task_uuid, count(*) FILTER (WHERE asked.from_state = step_state('error')) AS steps
           FROM   asked WHERE asked.allowed GROUP BY asked.task_uuid) AS repaired
           JOIN tasks AS task ON task.task_uuid = repaired.task_uuid
    WHERE  task.failed_steps = repaired.steps AND (task.failed_steps > 0 OR task.state = task_state('error'))
  ),
  -- every step concerned, once: acted upon, child of a satisfied one, or withheld by its task
  target AS (
    SELECT facts.task_uuid, facts.step_index, sum(facts.parents)::integer AS parents, max(facts.action) AS action,
           max(facts.result) AS result, max(facts.detail) AS detail, bool_or(facts.clear_checkpoint) AS clear_checkpoint,
           sum(sum(facts.repaired)) OVER (PARTITION BY facts.task_uuid) AS repaired
    FROM  (SELECT asked.task_uuid, asked.step_index, 0 AS parents, asked.action, asked.result, asked.detail, asked.clear_checkpoint,
                  (asked.from_state = step_state('error'))::integer AS repaired
           FROM   asked WHERE asked.allowed
           UNION ALL
           SELECT satisfied.task_uuid, child.step_index, 1, NULL, NULL, NULL, NULL, 0
           FROM   satisfied, unnest(satisfied.children) AS child(step_index)
           UNION ALL
           SELECT opened.task_uuid, generate_series(opened.first_index, opened.last_index), 1, NULL, NULL, NULL, NULL, 0 FROM opened
           UNION ALL
           SELECT reopened.task_uuid, withheld.step_index, 0, NULL, NULL, NULL, NULL, 0
           FROM   reopened JOIN workflow_steps AS withheld ON withheld.task_uuid = reopened.task_uuid
           WHERE  withheld.state IN (step_state('pending'), step_state('waiting_for_retry'))) AS facts
    GROUP  BY facts.task_uuid, facts.step_index
  ),
  planned AS (
    SELECT target.*, task.priority, step.state AS from_state, step.session_id, step.lease_token, step.next_retry_at,
           task.failed_steps = target.repaired AS open,
           CASE WHEN target.action = 2 THEN step_state('complete')
                WHEN target.action = 1 THEN step_state('resolved_manually')
                WHEN target.action = 0 OR step.state = step_state('pending') THEN
                  CASE WHEN task.failed_steps = target.repaired AND step.pending_parents = target.parents THEN step_state('enqueued')
                       ELSE step_state('pending') END
                WHEN task.failed_steps = target.repaired AND step.state = step_state('waiting_for_retry')
                     AND step.next_retry_at <= v_now THEN step_state('enqueued')
                ELSE step.state END AS to_state
    FROM   target
           JOIN tasks AS task ON task.task_uuid = target.task_uuid
           JOIN workflow_steps AS step ON step.task_uuid = target.task_uuid AND step.step_index = target.step_index
  ),
  changed AS (
    UPDATE workflow_steps AS step
    SET    pending_parents = step.pending_parents - p.parents, state = p.to_state,
           version = CASE WHEN p.to_state = p.from_state THEN step.version ELSE step.version + 1 END,
           entered_at = CASE WHEN p.to_state = p.from_state THEN step.entered_at ELSE v_now END,
           session_id = CASE WHEN p.action IS NULL THEN step.session_id END,
           lease_token = CASE WHEN p.action IS NOT NULL AND p.session_id IS NOT NULL THEN step.lease_token + 1 ELSE step.lease_token END,
           attempts = CASE WHEN p.action = 0 THEN 0 ELSE step.attempts END,
           next_retry_at = CASE WHEN p.action = 0 THEN NULL ELSE step.next_retry_at END,
           backoff_request_seconds = CASE WHEN p.action = 0 THEN NULL ELSE step.backoff_request_seconds END,
           checkpoint = CASE WHEN p.action = 0 AND p.clear_checkpoint THEN NULL ELSE step.checkpoint END,
           checkpoint_history = CASE WHEN p.action = 0 AND p.clear_checkpoint THEN NULL ELSE step.checkpoint_history END,
           result = CASE WHEN p.action = 2 THEN p.result ELSE step.result END
    FROM   planned AS p
    WHERE  step.task_uuid = p.task_uuid AND step.step_index = p.step_index AND in_span(step.task_uuid, v_low, v_high)
    AND   (p.parents > 0 OR p.to_state <> p.from_state)
    RETURNING step.task_uuid, step.step_index, p.from_state, step.state AS to_state, step.version, step.queue_id, p.priority, p.action,
              p.detail, p.session_id, p.lease_token
  ),
  waiting AS (
    INSERT INTO ready_steps (queue_id, priority, task_uuid, step_index)
    SELECT changed.queue_id, changed.priority, changed.task_uuid, changed.step_index
    FROM   changed WHERE changed.to_state = step_state('enqueued') AND changed.from_state <> changed.to_state
    ORDER  BY changed.task_uuid, changed.step_index
  ),
  timer AS (  -- those that fell due while their task was blocked were dropped, and their steps enqueued above; the others may be there
    INSERT INTO timers (due_at, task_uuid, step_index)
    SELECT planned.next_retry_at, planned.task_uuid, planned.step_index
    FROM   planned WHERE planned.open AND planned.to_state = step_state('waiting_for_retry')
    ON CONFLICT DO NOTHING
    RETURNING due_at, task_uuid, step_index
  ),
  disarmed AS (
    DELETE FROM timers AS timer USING planned
    WHERE  planned.from_state = step_state('waiting_for_retry') AND (planned.action IS NOT NULL OR planned.to_state = step_state('enqueued'))
    AND    timer.due_at = planned.next_retry_at AND timer.task_uuid = planned.task_uuid AND timer.step_index = planned.step_index
  ),
  step_log AS (
    INSERT INTO step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at, detail)
    SELECT changed.task_uuid, changed.step_index, changed.version, changed.from_state, changed.to_state,
           CASE WHEN changed.action IS NULL THEN cause('engine') ELSE cause('operator') END, v_now, changed.detail
    FROM   changed WHERE changed.to_state <> changed.from_state
  ),
  verdict AS (
    SELECT delta.*, task.state AS from_state,
           CASE WHEN task.state = task_state('error') AND task.failed_steps > delta.repaired THEN task.state
                ELSE resting_state(task.total_steps, task.satisfied_steps + delta.satisfied, task.failed_steps - delta.repaired,
                                   task.active_steps + delta.active) END AS to_state
    FROM  (SELECT changed.task_uuid,
                  count(*) FILTER (WHERE changed.action <> 0)::integer AS satisfied,
                  count(*) FILTER (WHERE changed.from_state = step_state('error'))::integer AS repaired,
                  (count(*) FILTER (WHERE changed.to_state = step_state('enqueued'))
                    - count(*) FILTER (WHERE changed.from_state BETWEEN step_state('enqueued')
                                                                    AND step_state('enqueued_as_error_for_orchestration')))::integer
                    AS active,
                  max(changed.detail) AS detail
           FROM   changed GROUP BY changed.task_uuid) AS delta
           JOIN tasks AS task ON task.task_uuid = delta.task_uuid
  ),
  task AS (
    UPDATE tasks AS task
    SET    satisfied_steps = task.satisfied_steps + v.satisfied, failed_steps = task.failed_steps - v.repaired,
           active_steps = task.active_steps + v.active, state = v.to_state, updated_at = v_now,
           version = CASE WHEN v.to_state = v.from_state THEN task.version ELSE task.version + 1 END,
           entered_at = CASE WHEN v.to_state = v.from_state THEN task.entered_at ELSE v_now END
    FROM   verdict AS v
    WHERE  task.task_uuid = v.task_uuid AND in_span(task.task_uuid, v_low, v_high)
    RETURNING task.task_uuid, task.version, v.from_state, v.to_state, v.detail
  ),
  clock AS (  -- back at work: its life counts anew
    INSERT INTO lifetime_clocks (task_uuid, started_at)
    SELECT task.task_uuid, v_now FROM task
    WHERE  task.from_state IN (task_state('blocked_by_failures'), task_state('error')) AND task.to_state < task_state('blocked_by_failures')
    ON CONFLICT (task_uuid) DO UPDATE SET started_at = excluded.started_at
  ),
  task_log AS (
    INSERT INTO task_changes (task_uuid, sort_key, from_state, to_state, cause, created_at, detail)
    SELECT task.task_uuid, task.version, task.from_state, task.to_state, cause('operator'), v_now, task.detail
    FROM   task WHERE task.to_state <> task.from_state
  )
  SELECT 0::smallint, changed.task_uuid, changed.step_index, changed.to_state,
         CASE WHEN changed.session_id IS NOT NULL THEN changed.lease_token END, NULL::integer, NULL::integer, changed.session_id,
         NULL::smallint, NULL::text
  FROM   changed WHERE changed.action IS NOT NULL
  UNION ALL
  SELECT 1::smallint, changed.task_uuid, changed.step_index, changed.to_state, NULL, changed.queue_id, changed.priority, NULL, NULL, NULL
  FROM   changed WHERE changed.to_state = step_state('enqueued') AND changed.from_state <> changed.to_state
  UNION ALL
  SELECT 2::smallint, task.task_uuid, -1, task.to_state, NULL, NULL, NULL, NULL, NULL, NULL
  FROM   task WHERE task.to_state <> task.from_state
  UNION ALL
  SELECT 3::smallint, timer.task_uuid, timer.step_index, step_state('waiting_for_retry'),
         least(extract(epoch FROM timer.due_at - v_now) * 1000, 2147483647)::integer, NULL, NULL, NULL, NULL, NULL
  FROM   timer
  UNION ALL
  SELECT 4::smallint, asked.task_uuid, asked.step_index, asked.from_state, NULL, NULL, NULL, NULL, asked.task_state,
         (SELECT history.detail FROM step_history AS history
          WHERE  history.task_uuid = asked.task_uuid AND history.step_index = asked.step_index AND history.cause = cause('operator')
          ORDER  BY history.sort_key DESC LIMIT 1)
  FROM   asked WHERE NOT asked.allowed;
END $$;
