-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Records results of decision and batchable steps together with the steps these results add to their tasks (02 §6, §7): locks the tasks,
-- adds the steps to the graph as if they had always been there, then completes. What may be added depends on what the task has already, so
-- a growth names the version of the graph it was made for: where another one came first, nothing is written for that task and the caller
-- gets the graph as it is.
--   p_grow_*: one growth per task: the deciding step, its token (null: an operator completes it), and the version of the graph
--   p_new_*: steps to add; parents: how many of their parents are added too, or 1 for an instance that waits for its slot; children as text
--   p_edge_*: edges that begin at a step which exists; one that only holds the child back is left out when its parent is satisfied
--   p_gain_*: steps which exist and get so many new parents
--   p_batch_*: slots of new batches
--   p_event_*: as in complete_steps
-- Returns the rows of complete_steps, and kind 4 for a task whose graph was another: steps from step_index to "state" (one, or the
-- instances of a batch), template_step in "attempts", version in "token", batchable step of instances in "queue_id".
CREATE OR REPLACE FUNCTION grow_and_complete(
  p_batch bigint, p_renew integer[],
  p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_outcome smallint[], p_delay_ms integer[],
  p_execution_ms integer[], p_result text[], p_refusal text[],
  p_accept_task uuid[], p_accept_step integer[], p_accept_session integer[],
  p_grow_task uuid[], p_grow_step integer[], p_grow_token integer[], p_grow_version integer[],
  p_new_task uuid[], p_new_step integer[], p_new_queue integer[], p_new_template integer[], p_new_batch integer[], p_new_retryable integer[],
  p_new_max integer[], p_new_parents integer[], p_new_children text[], p_new_name text[], p_new_inputs text[],
  p_edge_task uuid[], p_edge_from integer[], p_edge_to integer[], p_edge_barrier integer[],
  p_gain_task uuid[], p_gain_step integer[], p_gain_parents integer[],
  p_batch_task uuid[], p_batch_step integer[], p_batch_last integer[], p_batch_next integer[],
  p_event_task uuid[] DEFAULT '{}', p_event_step integer[] DEFAULT '{}', p_event_state integer[] DEFAULT '{}',
  p_event_id uuid[] DEFAULT '{}', p_event_namespace text[] DEFAULT '{}', p_event_name text[] DEFAULT '{}',
  p_event_message text[] DEFAULT '{}')
RETURNS TABLE (kind integer, task_uuid uuid, step_index integer, state integer, token integer, attempts integer, queue_id integer,
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
  v_range uuid[] := uuid_range(p_task || p_grow_task);
  v_low uuid := v_range[1];   -- bounds by which partitions are pruned when a statement starts
  v_high uuid := v_range[2];
  v_growing uuid[];
  v_stale uuid[];
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) AND in_span(task.task_uuid, v_low, v_high)
  ORDER BY task.task_uuid FOR NO KEY UPDATE;

  -- a result that will not be accepted grows nothing; without a token it is an operator's, who may end every step that has not ended
  SELECT array_agg(task.task_uuid) FILTER (WHERE task.graph_version = grow.version),
         array_agg(task.task_uuid) FILTER (WHERE task.graph_version <> grow.version)
  INTO   v_growing, v_stale
  FROM   unnest(p_grow_task, p_grow_step, p_grow_token, p_grow_version) AS grow(task_uuid, step_index, token, version)
         JOIN tasks AS task ON task.task_uuid = grow.task_uuid AND in_span(task.task_uuid, v_low, v_high)
         JOIN workflow_steps AS step ON step.task_uuid = grow.task_uuid AND step.step_index = grow.step_index
                                         AND in_span(step.task_uuid, v_low, v_high)
  WHERE  CASE WHEN grow.token IS NOT NULL THEN step.state = step_state('in_progress') AND step.lease_token = grow.token
              ELSE step.state NOT IN (step_state('complete'), step_state('cancelled'), step_state('resolved_manually'))
                   AND task.state NOT IN (task_state('complete'), task_state('cancelled'), task_state('resolved_manually')) END;

  -- Claims take waiting steps without their tasks' locks: from here on they wait, and the statement below gives children to what they took before.
  PERFORM 1 FROM unnest(p_edge_task, p_edge_from) AS i(task_uuid, from_index)
                 JOIN workflow_steps AS step ON step.task_uuid = i.task_uuid AND step.step_index = i.from_index
  WHERE  step.state = step_state('enqueued') AND in_span(step.task_uuid, v_low, v_high)
  ORDER BY step.task_uuid, step.step_index FOR NO KEY UPDATE OF step;

  WITH edge AS (
    SELECT i.task_uuid, i.from_index, i.to_index, (parent.state NOT IN (step_state('complete'), step_state('resolved_manually')))::integer AS pending
    FROM   unnest(p_edge_task, p_edge_from, p_edge_to, p_edge_barrier) AS i(task_uuid, from_index, to_index, barrier)
           JOIN workflow_steps AS parent ON parent.task_uuid = i.task_uuid AND parent.step_index = i.from_index
                                            AND in_span(parent.task_uuid, v_low, v_high)
    WHERE  i.task_uuid = ANY (v_growing)
    AND    (i.barrier = 0 OR parent.state NOT IN (step_state('complete'), step_state('resolved_manually')))
  ),
  -- everything that gets parents: new steps with their columns, and steps that exist, with neither
  arrival AS (
    SELECT facts.task_uuid, facts.step_index, sum(facts.parents)::integer AS parents, sum(facts.pending)::integer AS pending,
           max(facts.queue_id) AS queue_id, max(facts.template_step) AS template_step, max(facts.batch_step) AS batch_step,
           max(facts.retryable) AS retryable, max(facts.max_attempts) AS max_attempts, max(facts.children) AS children,
           max(facts.name) AS name, max(facts.inputs) AS inputs
    FROM  (SELECT i.task_uuid, i.step_index, i.parents, i.parents AS pending, i.queue_id, i.template_step, i.batch_step, i.retryable,
                  i.max_attempts, i.children, i.name, i.inputs
           FROM   unnest(p_new_task, p_new_step, p_new_queue, p_new_template, p_new_batch, p_new_retryable, p_new_max, p_new_parents,
                         p_new_children, p_new_name, p_new_inputs)
                    AS i(task_uuid, step_index, queue_id, template_step, batch_step, retryable, max_attempts, parents, children, name,
                         inputs)
           WHERE  i.task_uuid = ANY (v_growing)
           UNION ALL
           SELECT i.task_uuid, i.step_index, i.parents, i.parents, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
           FROM   unnest(p_gain_task, p_gain_step, p_gain_parents) AS i(task_uuid, step_index, parents)
           WHERE  i.task_uuid = ANY (v_growing)
           UNION ALL
           SELECT edge.task_uuid, edge.to_index, 1, edge.pending, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM edge) AS facts
    GROUP  BY facts.task_uuid, facts.step_index
  ),
  added AS (
    INSERT INTO workflow_steps (task_uuid, step_index, queue_id, template_id, template_step, total_parents, max_attempts, retryable, created_at,
                                batch_step, name, children, inputs, pending_parents, attempts, lease_token, state, version, entered_at)
    SELECT arrival.task_uuid, arrival.step_index, arrival.queue_id,
           (SELECT task.template_id FROM tasks AS task WHERE task.task_uuid = arrival.task_uuid), arrival.template_step, arrival.parents,
           arrival.max_attempts, arrival.retryable = 1, v_now, arrival.batch_step, arrival.name, arrival.children::integer[],
           arrival.inputs, arrival.pending, 0, 0, step_state('pending'), 0, v_now
    FROM   arrival WHERE arrival.template_step IS NOT NULL
    ORDER  BY arrival.task_uuid, arrival.step_index
    RETURNING task_uuid, template_id, template_step
  ),
  feed AS (  -- steps of the template are counted with their task; these have no row of history before they start
    INSERT INTO rollup_feed (changed_at, template_id, template_step, to_state, entities)
    SELECT v_now, added.template_id, added.template_step, step_state('pending'), count(*)
    FROM   added GROUP BY added.template_id, added.template_step
  ),
  change AS (
    SELECT facts.task_uuid, facts.step_index, sum(facts.parents)::integer AS parents, sum(facts.pending)::integer AS pending,
           array_agg(facts.child) FILTER (WHERE facts.child IS NOT NULL) AS children
    FROM  (SELECT edge.task_uuid, edge.from_index AS step_index, 0 AS parents, 0 AS pending, edge.to_index AS child FROM edge
           UNION ALL
           SELECT arrival.task_uuid, arrival.step_index, arrival.parents, arrival.pending, NULL
           FROM   arrival WHERE arrival.template_step IS NULL) AS facts
    GROUP  BY facts.task_uuid, facts.step_index
  ),
  changed AS (
    UPDATE workflow_steps AS step
    SET    total_parents = step.total_parents + change.parents, pending_parents = step.pending_parents + change.pending,
           children = CASE WHEN change.children IS NULL THEN step.children ELSE coalesce(step.children, '{}') || change.children END
    FROM   change
    WHERE  step.task_uuid = change.task_uuid AND step.step_index = change.step_index AND in_span(step.task_uuid, v_low, v_high)
  ),
  slots AS (
    INSERT INTO batches (task_uuid, step_index, last_index, next_index)
    SELECT i.task_uuid, i.step_index, i.last_index, i.next_index
    FROM   unnest(p_batch_task, p_batch_step, p_batch_last, p_batch_next) AS i(task_uuid, step_index, last_index, next_index)
    WHERE  i.task_uuid = ANY (v_growing)
  )
  UPDATE tasks AS task
  SET    total_steps = task.total_steps + grown.steps, graph_version = task.graph_version + 1
  FROM  (SELECT added.task_uuid, count(*)::integer AS steps FROM added GROUP BY added.task_uuid) AS grown
  WHERE  task.task_uuid = grown.task_uuid AND in_span(task.task_uuid, v_low, v_high);

  RETURN QUERY
  SELECT done.kind::integer, done.task_uuid, done.step_index, done.state::integer, done.token, done.attempts, done.queue_id, done.priority,
         done.session_id
  FROM  (SELECT array_agg(i.task_uuid) AS task_uuid, array_agg(i.step_index) AS step_index, array_agg(i.token) AS token,
                array_agg(i.session_id) AS session_id, array_agg(i.outcome) AS outcome, array_agg(i.delay_ms) AS delay_ms,
                array_agg(i.execution_ms) AS execution_ms, array_agg(i.result) AS result, array_agg(i.refusal) AS refusal
         FROM   unnest(p_task, p_step, p_token, p_session, p_outcome, p_delay_ms, p_execution_ms, p_result, p_refusal)
                  AS i(task_uuid, step_index, token, session_id, outcome, delay_ms, execution_ms, result, refusal)
         WHERE  v_stale IS NULL OR i.task_uuid <> ALL (v_stale)) AS accepted,
         complete_steps(p_batch, p_renew, accepted.task_uuid, accepted.step_index, accepted.token, accepted.session_id, accepted.outcome,
                        accepted.delay_ms, accepted.execution_ms, accepted.result, accepted.refusal,
                        p_accept_task, p_accept_step, p_accept_session,
                        p_event_task, p_event_step, p_event_state, p_event_id, p_event_namespace, p_event_name, p_event_message) AS done;

  RETURN QUERY
  SELECT 4, step.task_uuid, min(step.step_index), max(step.step_index), max(task.graph_version), step.template_step, step.batch_step,
         NULL::integer, NULL::integer
  FROM   tasks AS task JOIN workflow_steps AS step USING (task_uuid)
  WHERE  task.task_uuid = ANY (v_stale) AND in_span(task.task_uuid, v_low, v_high) AND in_span(step.task_uuid, v_low, v_high)
  GROUP  BY step.task_uuid, step.template_step, step.batch_step;
END $$;
