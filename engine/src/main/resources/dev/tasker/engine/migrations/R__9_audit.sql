-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Recounts everything about the tasks with a uuid in [p_from, p_to) from the rows themselves and returns what does not agree: the full
-- recomputation which the incremental calls never do. Empty is healthy. Reads one snapshot; locks nothing.
CREATE OR REPLACE FUNCTION audit_tasks(p_from uuid, p_to uuid)
RETURNS TABLE (code text, task_uuid uuid, step_index integer, expected text, found text)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  WITH scope AS (
    SELECT task.* FROM tasks AS task WHERE task.task_uuid >= p_from AND task.task_uuid < p_to
  ),
  step AS (
    SELECT step.* FROM workflow_steps AS step WHERE step.task_uuid >= p_from AND step.task_uuid < p_to
  ),
  edge AS (
    SELECT parent.task_uuid, child.step_index, parent.state IN (step_state('complete'), step_state('resolved_manually')) AS satisfied
    FROM   step AS parent, unnest(parent.children) AS child(step_index)
    UNION ALL
    -- a slot of its batch stands for the batchable step, for instances that are no children of it
    SELECT instance.task_uuid, instance.step_index, instance.step_index < batch.next_index
    FROM   step AS instance
           JOIN step AS parent ON parent.task_uuid = instance.task_uuid AND parent.step_index = instance.batch_step
           JOIN batches AS batch ON batch.task_uuid = instance.task_uuid AND batch.step_index = instance.batch_step
    WHERE  NOT instance.step_index = ANY (coalesce(parent.children, '{}'))
  ),
  parents AS (
    SELECT task_uuid, step_index, count(*)::integer AS total, count(*) FILTER (WHERE NOT satisfied)::integer AS pending
    FROM   edge GROUP BY task_uuid, step_index
  ),
  count_of AS (
    SELECT task_uuid, count(*)::integer AS total,
           count(*) FILTER (WHERE state IN (step_state('complete'), step_state('resolved_manually')))::integer AS satisfied,
           count(*) FILTER (WHERE state = step_state('error'))::integer AS failed,
           count(*) FILTER (WHERE state BETWEEN step_state('enqueued') AND step_state('enqueued_as_error_for_orchestration'))::integer
             AS active
    FROM   step GROUP BY task_uuid
  )
  SELECT 'task_counters', scope.task_uuid, NULL::integer,
         format('total %s, satisfied %s, failed %s, active %s', coalesce(c.total, 0), coalesce(c.satisfied, 0), coalesce(c.failed, 0),
                coalesce(c.active, 0)),
         format('total %s, satisfied %s, failed %s, active %s', scope.total_steps, scope.satisfied_steps, scope.failed_steps,
                scope.active_steps)
  FROM   scope LEFT JOIN count_of AS c USING (task_uuid)
  WHERE  (scope.total_steps, scope.satisfied_steps, scope.failed_steps, scope.active_steps)
         IS DISTINCT FROM (coalesce(c.total, 0), coalesce(c.satisfied, 0), coalesce(c.failed, 0), coalesce(c.active, 0))
  UNION ALL
  SELECT 'task_state', scope.task_uuid, NULL,
         task_state_name(resting_state(coalesce(c.total, 0), coalesce(c.satisfied, 0), coalesce(c.failed, 0), coalesce(c.active, 0))),
         task_state_name(scope.state)
  FROM   scope LEFT JOIN count_of AS c USING (task_uuid)
  WHERE  scope.state NOT IN (task_state('error'), task_state('cancelled'), task_state('resolved_manually'))
  AND    scope.state <> resting_state(coalesce(c.total, 0), coalesce(c.satisfied, 0), coalesce(c.failed, 0), coalesce(c.active, 0))
  UNION ALL
  SELECT 'pending_parents', step.task_uuid, step.step_index,
         format('%s of %s', coalesce(parents.pending, 0), coalesce(parents.total, 0)),
         format('%s of %s', step.pending_parents, step.total_parents)
  FROM   step LEFT JOIN parents USING (task_uuid, step_index)
  WHERE  (step.pending_parents, step.total_parents) IS DISTINCT FROM (coalesce(parents.pending, 0), coalesce(parents.total, 0))
  UNION ALL
  SELECT 'withheld_step', step.task_uuid, step.step_index, 'enqueued', step_state_name(step.state)
  FROM   step JOIN scope USING (task_uuid)
  WHERE  step.state = step_state('pending') AND step.pending_parents = 0 AND scope.failed_steps = 0
  AND    scope.state < task_state('complete')
  UNION ALL
  SELECT 'unmet_parents', step.task_uuid, step.step_index, 'pending', step_state_name(step.state)
  FROM   step WHERE step.pending_parents > 0
  AND    step.state NOT IN (step_state('pending'), step_state('cancelled'), step_state('resolved_manually'))
  AND    NOT (step.state = step_state('complete') AND EXISTS (  -- completed by hand before its time
           SELECT FROM step_history AS history WHERE history.task_uuid = step.task_uuid AND history.step_index = step.step_index
           AND history.to_state = step.state AND history.cause = cause('operator')))
  UNION ALL
  SELECT 'unfinished_step', step.task_uuid, step.step_index, 'a step that has ended', step_state_name(step.state)
  FROM   step JOIN scope USING (task_uuid)
  WHERE  scope.state = task_state('cancelled')
  AND    step.state NOT IN (step_state('complete'), step_state('cancelled'), step_state('resolved_manually'))
  UNION ALL
  SELECT 'cancelled_step', step.task_uuid, step.step_index, 'a cancelled task', task_state_name(scope.state)
  FROM   step JOIN scope USING (task_uuid)
  WHERE  step.state = step_state('cancelled') AND scope.state <> task_state('cancelled')
  UNION ALL
  SELECT 'no_reason', history.task_uuid, history.step_index, 'what the operator said', 'nothing'
  FROM   step_history AS history
  WHERE  history.task_uuid >= p_from AND history.task_uuid < p_to AND history.cause = cause('operator')
  AND    history.to_state <> step_state('cancelled') AND history.detail IS NULL
  UNION ALL
  SELECT 'not_in_queue', step.task_uuid, step.step_index, 'one ready row', count(ready.sequence)::text
  FROM   step LEFT JOIN ready_steps AS ready USING (task_uuid, step_index)
  WHERE  step.state = step_state('enqueued')
  GROUP  BY step.task_uuid, step.step_index HAVING count(ready.sequence) <> 1
  UNION ALL
  SELECT 'wrong_queue', step.task_uuid, step.step_index, format('queue %s, priority %s', step.queue_id, scope.priority),
         format('queue %s, priority %s', ready.queue_id, ready.priority)
  FROM   step JOIN scope USING (task_uuid) JOIN ready_steps AS ready USING (task_uuid, step_index)
  WHERE  step.state = step_state('enqueued') AND (ready.queue_id, ready.priority) IS DISTINCT FROM (step.queue_id, scope.priority)
  UNION ALL
  SELECT 'no_timer', step.task_uuid, step.step_index, format('timer at %s', step.next_retry_at), 'none'
  FROM   step JOIN scope USING (task_uuid)
  WHERE  step.state = step_state('waiting_for_retry') AND scope.failed_steps = 0 AND scope.state < task_state('complete')
  AND    NOT EXISTS (SELECT FROM timers AS timer WHERE timer.due_at = step.next_retry_at AND timer.task_uuid = step.task_uuid
                     AND timer.step_index = step.step_index)
  UNION ALL
  SELECT 'lease_not_logged', step.task_uuid, step.step_index, format('in the log of session %s', step.session_id), 'not there'
  FROM   step
  WHERE  step.state = step_state('in_progress')
  AND    NOT EXISTS (SELECT FROM session_leases AS log, unnest(log.task_uuids, log.step_indexes) AS held(task_uuid, step_index)
                     WHERE log.session_id = step.session_id AND held.task_uuid = step.task_uuid AND held.step_index = step.step_index)
  UNION ALL
  SELECT 'checkpoint', step.task_uuid, step.step_index, 'a JSON object with a history of 1 to 100 entries, or nothing',
         format('%s entries, %s', coalesce(cardinality(step.checkpoint_history), 0),
                left(checkpoint_record(step.checkpoint, step.checkpoint_history), 200))
  FROM   step
  WHERE  num_nulls(step.checkpoint, step.checkpoint_history) = 1
  OR     step.checkpoint IS NOT NULL
         AND (cardinality(step.checkpoint_history) NOT BETWEEN 1 AND 100
              OR checkpoint_record(step.checkpoint, step.checkpoint_history) IS NOT JSON OBJECT)
  UNION ALL
  SELECT 'attempts_exceeded', step.task_uuid, step.step_index, format('at most %s', greatest(step.max_attempts, 1)), step.attempts::text
  FROM   step WHERE step.attempts > greatest(step.max_attempts, 1) AND NOT EXISTS (
           SELECT FROM step_history AS history WHERE history.task_uuid = step.task_uuid AND history.step_index = step.step_index
           AND history.cause = cause('operator'))
  UNION ALL
  SELECT 'step_history', step.task_uuid, step.step_index, format('%s rows to %s', step.version, step_state_name(step.state)),
         format('%s rows to %s', count(history.sort_key), step_state_name(max(history.to_state) FILTER (WHERE history.sort_key = step.version)))
  FROM   step LEFT JOIN step_history AS history USING (task_uuid, step_index)
  GROUP  BY step.task_uuid, step.step_index, step.version, step.state
  HAVING count(history.sort_key) <> step.version
  OR     (step.version > 0 AND max(history.to_state) FILTER (WHERE history.sort_key = step.version) IS DISTINCT FROM step.state)
  UNION ALL
  SELECT 'task_history', scope.task_uuid, NULL, format('%s rows to %s', scope.version, task_state_name(scope.state)),
         format('%s rows to %s', count(history.sort_key), task_state_name(max(history.to_state) FILTER (WHERE history.sort_key = scope.version)))
  FROM   scope LEFT JOIN task_history AS history USING (task_uuid)
  GROUP  BY scope.task_uuid, scope.version, scope.state
  HAVING count(history.sort_key) <> scope.version
  OR     (scope.version > 0 AND max(history.to_state) FILTER (WHERE history.sort_key = scope.version) IS DISTINCT FROM scope.state)
  UNION ALL
  SELECT 'broken_chain', h.task_uuid, h.step_index, format('from %s', step_state_name(h.previous)), format('from %s', step_state_name(h.from_state))
  FROM  (SELECT history.*, lag(to_state, 1, step_state('pending')) OVER (PARTITION BY task_uuid, step_index ORDER BY sort_key) AS previous
         FROM step_history AS history WHERE history.task_uuid >= p_from AND history.task_uuid < p_to) AS h
  WHERE  h.previous <> h.from_state
  UNION ALL
  SELECT 'event_without_outcome', event.task_uuid, event.step_index, format('version %s to %s', event.sort_key, step_state_name(event.step_state)),
         coalesce(step_state_name(history.to_state), 'none')
  FROM   domain_events AS event LEFT JOIN step_history AS history USING (task_uuid, step_index, sort_key)
  WHERE  event.task_uuid >= p_from AND event.task_uuid < p_to
  AND    (history.to_state IS DISTINCT FROM event.step_state OR history.cause NOT IN (cause('worker'), cause('lease_expired')))
$$;
