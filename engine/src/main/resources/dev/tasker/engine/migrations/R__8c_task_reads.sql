-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Derived reads of tasks and steps, by the names and columns of 01 §3.1 - §3.5, §3.10. Public. All evaluate parents against the whole task.

CREATE OR REPLACE FUNCTION task_of_step(p_step uuid) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (left(p_step::text, 31) || '00000')::uuid;

CREATE OR REPLACE FUNCTION index_of_step(p_step uuid) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  ('x' || right(p_step::text, 5))::bit(20)::integer - 1;

-- The uuid by which the API knows a step name (version 3 of its words); there is no table of names.
CREATE OR REPLACE FUNCTION named_step_uuid(p_name text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (SELECT (left(hash, 12) || '3' || substr(hash, 14, 3) || to_hex(('x' || substr(hash, 17, 1))::bit(4)::integer & 3 | 8) || substr(hash, 18))::uuid
   FROM   md5('tasker:named_step:' || p_name) AS hash);

-- A task with its steps, for TaskReader: a row per step, one without a step for a task that has none. The context, which may be large, comes
-- with the first. The plan is forced (decision 002): the planner likes a plan of its own for each task, which costs more than reading it.
CREATE OR REPLACE FUNCTION read_task(p_task uuid)
RETURNS TABLE (
  step_index integer, name text, template_step integer, state smallint, created_at timestamptz, entered_at timestamptz,
  last_attempted_at timestamptz, next_retry_at timestamptz, total_parents integer, pending_parents integer, attempts integer,
  max_attempts integer, retryable boolean, backoff_request_seconds integer, result text, now timestamptz, template_id integer,
  task_state smallint, task_created_at timestamptz, task_updated_at timestamptz, task_entered_at timestamptz, context text, initiator text,
  source_system text, reason text, priority integer, tags text, correlation_id uuid, parent_correlation_id uuid)
LANGUAGE plpgsql STABLE
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT step.step_index::integer, step.name::text, step.template_step::integer, step.state::smallint, step.created_at, step.entered_at,
         step.last_attempted_at, step.next_retry_at, step.total_parents::integer, step.pending_parents::integer, step.attempts::integer,
         step.max_attempts::integer, step.retryable, step.backoff_request_seconds::integer, step.result::text, engine_now(),
         task.template_id::integer, task.state::smallint, task.created_at, task.updated_at, task.entered_at,
         CASE WHEN row_number() OVER (ORDER BY step.step_index) = 1 THEN request.context::text END, request.initiator::text,
         request.source_system::text, request.reason::text, request.priority::integer, request.tags::text, request.correlation_id,
         request.parent_correlation_id
  FROM   tasks AS task JOIN task_requests AS request ON request.task_uuid = task.task_uuid
         LEFT JOIN workflow_steps AS step ON step.task_uuid = task.task_uuid
  WHERE  task.task_uuid = p_task
  ORDER  BY step.step_index;
END $$;

-- Whether nothing keeps a step from being started (01 §3.1); retryable is not looked at.
CREATE OR REPLACE FUNCTION evaluate_step_state_readiness(
  current_state text, processed boolean, in_process boolean, dependencies_satisfied boolean, retry_eligible boolean, retryable boolean,
  next_retry_time timestamptz)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = tasker, pg_temp
AS $$
  SELECT current_state IN ('pending', 'waiting_for_retry') AND NOT processed AND NOT in_process AND dependencies_satisfied
         AND retry_eligible AND (next_retry_time IS NULL OR next_retry_time <= engine_now())
$$;

CREATE OR REPLACE FUNCTION calculate_step_next_retry_time(
  backoff_request_seconds integer, last_attempted_at timestamptz, failure_time timestamptz, attempts integer,
  p_max_backoff_seconds integer DEFAULT 60, p_backoff_multiplier numeric DEFAULT 2.0)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN backoff_request_seconds IS NOT NULL AND last_attempted_at IS NOT NULL
       THEN last_attempted_at + backoff_request_seconds * interval '1 s'
       WHEN failure_time IS NOT NULL
       THEN failure_time + least(power(p_backoff_multiplier, coalesce(attempts, 1)), p_max_backoff_seconds)::float8 * interval '1 s' END;

-- Readiness of the steps of tasks (01 §3.1), of all or of those named, in order of task and creation.
CREATE OR REPLACE FUNCTION get_step_readiness_status_batch(input_task_uuids uuid[], step_uuids uuid[] DEFAULT NULL)
RETURNS TABLE (
  workflow_step_uuid uuid, task_uuid uuid, named_step_uuid uuid, name text, current_state text, dependencies_satisfied boolean,
  retry_eligible boolean, ready_for_execution boolean, last_failure_at timestamptz, next_retry_at timestamptz, total_parents integer,
  completed_parents integer, attempts integer, max_attempts integer, backoff_request_seconds integer, last_attempted_at timestamptz)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT step_uuid(step.task_uuid, step.step_index), step.task_uuid, named_step_uuid(word.name), word.name, step_state_name(step.state),
         step.pending_parents = 0, word.eligible,
         step.state IN (step_state('pending'), step_state('waiting_for_retry')) AND step.pending_parents = 0 AND word.eligible
           AND (step.next_retry_at IS NULL OR step.next_retry_at <= engine_now()),
         CASE WHEN step.state = step_state('error') THEN step.entered_at
              ELSE (SELECT max(history.created_at) FROM step_history AS history
                    WHERE  history.task_uuid = step.task_uuid AND history.step_index = step.step_index
                    AND    history.to_state = step_state('error')) END,
         step.next_retry_at, step.total_parents, step.total_parents - step.pending_parents, step.attempts, step.max_attempts,
         step.backoff_request_seconds, step.last_attempted_at
  FROM   workflow_steps AS step
         JOIN templates AS template USING (template_id)
         CROSS JOIN LATERAL (SELECT coalesce(step.name, template.document::json -> 'steps' -> step.template_step ->> 'name') AS name,
                                    step.attempts = 0 OR step.retryable AND step.attempts < step.max_attempts AS eligible) AS word
  WHERE  step.task_uuid = ANY (input_task_uuids)
  AND    (step_uuids IS NULL OR step_uuid(step.task_uuid, step.step_index) = ANY (step_uuids))
  ORDER  BY step.task_uuid, step.step_index
$$;

CREATE OR REPLACE FUNCTION get_step_readiness_status(input_task_uuid uuid, step_uuids uuid[] DEFAULT NULL)
RETURNS TABLE (
  workflow_step_uuid uuid, task_uuid uuid, named_step_uuid uuid, name text, current_state text, dependencies_satisfied boolean,
  retry_eligible boolean, ready_for_execution boolean, last_failure_at timestamptz, next_retry_at timestamptz, total_parents integer,
  completed_parents integer, attempts integer, max_attempts integer, backoff_request_seconds integer, last_attempted_at timestamptz)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$ SELECT * FROM get_step_readiness_status_batch(ARRAY[input_task_uuid], step_uuids) $$;

-- The derived status of tasks (01 §3.3), one row per task that exists. The first condition that holds decides.
CREATE OR REPLACE FUNCTION get_task_execution_contexts_batch(input_task_uuids uuid[])
RETURNS TABLE (
  task_uuid uuid, named_task_uuid uuid, status text, total_steps bigint, pending_steps bigint, in_progress_steps bigint,
  completed_steps bigint, failed_steps bigint, ready_steps bigint, execution_status text, recommended_action text,
  completion_percentage numeric, health_status text, enqueued_steps bigint)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT task.task_uuid, template.named_task_uuid, task_state_name(task.state), counted.total, counted.pending, counted.in_progress,
         counted.completed, counted.failed, counted.ready,
         CASE WHEN counted.failed > 0 THEN 'blocked_by_failures' WHEN counted.ready > 0 THEN 'has_ready_steps'
              WHEN counted.in_progress + counted.enqueued > 0 THEN 'processing'
              WHEN counted.completed = counted.total AND counted.total > 0 THEN 'all_complete' ELSE 'waiting_for_dependencies' END,
         CASE WHEN counted.failed > 0 THEN 'handle_failures' WHEN counted.ready > 0 THEN 'execute_ready_steps'
              WHEN counted.in_progress + counted.enqueued > 0 THEN 'wait_for_completion'
              WHEN counted.completed = counted.total AND counted.total > 0 THEN 'finalize_task' ELSE 'wait_for_dependencies' END,
         CASE WHEN counted.total = 0 THEN 0.0 ELSE round(counted.completed * 100.0 / counted.total, 2) END,
         CASE WHEN counted.failed > 0 THEN 'blocked' ELSE 'healthy' END, counted.enqueued
  FROM   tasks AS task
         JOIN templates AS template USING (template_id)
         CROSS JOIN LATERAL (
           SELECT count(*) AS total,
                  count(*) FILTER (WHERE step.state = step_state('pending')) AS pending,
                  count(*) FILTER (WHERE step.state = step_state('in_progress')) AS in_progress,
                  count(*) FILTER (WHERE step.state IN (step_state('complete'), step_state('resolved_manually'))) AS completed,
                  count(*) FILTER (WHERE step.state = step_state('error')) AS failed,
                  count(*) FILTER (WHERE step.state IN (step_state('enqueued'), step_state('enqueued_for_orchestration'),
                                                        step_state('enqueued_as_error_for_orchestration'))) AS enqueued,
                  count(*) FILTER (WHERE step.state IN (step_state('pending'), step_state('waiting_for_retry'))
                                   AND step.pending_parents = 0
                                   AND (step.attempts = 0 OR step.retryable AND step.attempts < step.max_attempts)
                                   AND (step.next_retry_at IS NULL OR step.next_retry_at <= engine_now())) AS ready
           FROM   workflow_steps AS step WHERE step.task_uuid = task.task_uuid) AS counted
  WHERE  task.task_uuid = ANY (input_task_uuids)
  ORDER  BY task.task_uuid
$$;

CREATE OR REPLACE FUNCTION get_task_execution_context(input_task_uuid uuid)
RETURNS TABLE (
  task_uuid uuid, named_task_uuid uuid, status text, total_steps bigint, pending_steps bigint, in_progress_steps bigint,
  completed_steps bigint, failed_steps bigint, ready_steps bigint, execution_status text, recommended_action text,
  completion_percentage numeric, health_status text, enqueued_steps bigint)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$ SELECT * FROM get_task_execution_contexts_batch(ARRAY[input_task_uuid]) $$;

CREATE OR REPLACE FUNCTION get_current_task_state(p_task_uuid uuid) RETURNS varchar LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$ SELECT task_state_name(task.state) FROM tasks AS task WHERE task.task_uuid = p_task_uuid $$;

-- The graph of one task: each edge once, a waiting instance of a batch included.
CREATE OR REPLACE FUNCTION task_edges(p_task uuid) RETURNS TABLE (from_index integer, to_index integer)
LANGUAGE sql STABLE SECURITY DEFINER -- for the views of readers, who see no table
SET search_path = tasker, pg_temp
AS $$
  SELECT parent.step_index, edge.step_index
  FROM   workflow_steps AS parent CROSS JOIN LATERAL unnest(parent.children) AS edge(step_index)
  WHERE  parent.task_uuid = p_task
  UNION
  SELECT instance.batch_step, instance.step_index
  FROM   workflow_steps AS instance WHERE instance.task_uuid = p_task AND instance.batch_step IS NOT NULL
$$;

-- Longest path from a root to each step; steps of one level can run side by side (01 §3.5).
CREATE OR REPLACE FUNCTION calculate_dependency_levels(input_task_uuid uuid)
RETURNS TABLE (workflow_step_uuid uuid, dependency_level integer)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  WITH RECURSIVE edge AS MATERIALIZED (SELECT * FROM task_edges(input_task_uuid)),
  walk(step_index, level) AS (
    SELECT step.step_index, 0 FROM workflow_steps AS step
    WHERE  step.task_uuid = input_task_uuid AND NOT EXISTS (SELECT FROM edge WHERE edge.to_index = step.step_index)
    UNION  -- not ALL: a step is followed once per level, however many paths lead there
    SELECT edge.to_index, walk.level + 1 FROM walk JOIN edge ON edge.from_index = walk.step_index
  )
  SELECT step_uuid(input_task_uuid, walk.step_index), max(walk.level) FROM walk GROUP BY walk.step_index ORDER BY 2, 1
$$;

-- All ancestors of a step, each once with its least distance (01 §3.5); 50 levels at most.
CREATE OR REPLACE FUNCTION get_step_transitive_dependencies(target_step_uuid uuid)
RETURNS TABLE (workflow_step_uuid uuid, task_uuid uuid, named_step_uuid uuid, step_name text, results json, processed boolean, distance integer)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  WITH RECURSIVE edge AS MATERIALIZED (SELECT * FROM task_edges(task_of_step(target_step_uuid))),
  walk(step_index, distance) AS (
    SELECT edge.from_index, 1 FROM edge WHERE edge.to_index = index_of_step(target_step_uuid)
    UNION
    SELECT edge.from_index, walk.distance + 1 FROM walk JOIN edge ON edge.to_index = walk.step_index WHERE walk.distance < 50
  )
  SELECT step_uuid(step.task_uuid, step.step_index), step.task_uuid, named_step_uuid(word.name), word.name, step.result::json,
         step.state IN (step_state('complete'), step_state('resolved_manually')), near.distance
  FROM  (SELECT walk.step_index, min(walk.distance) AS distance FROM walk GROUP BY walk.step_index) AS near
         JOIN workflow_steps AS step ON step.task_uuid = task_of_step(target_step_uuid) AND step.step_index = near.step_index
         JOIN templates AS template USING (template_id)
         CROSS JOIN LATERAL (SELECT coalesce(step.name, template.document::json -> 'steps' -> step.template_step ->> 'name') AS name) AS word
  ORDER  BY near.distance, step.step_index
$$;

-- The graph around each step (01 §3.5); ask for one task_uuid.
CREATE OR REPLACE VIEW step_dag_relationships AS
SELECT step_uuid(step.task_uuid, step.step_index) AS workflow_step_uuid, step.task_uuid,
       named_step_uuid(coalesce(step.name, template.document::json -> 'steps' -> step.template_step ->> 'name')) AS named_step_uuid,
       around.parents AS parent_step_uuids, around.children AS child_step_uuids,
       jsonb_array_length(around.parents) AS parent_count, jsonb_array_length(around.children) AS child_count,
       jsonb_array_length(around.parents) = 0 AS is_root_step, jsonb_array_length(around.children) = 0 AS is_leaf_step,
       around.depth AS min_depth_from_root
FROM   tasks AS task
       JOIN templates AS template USING (template_id)
       CROSS JOIN LATERAL (
         WITH RECURSIVE edge AS MATERIALIZED (SELECT * FROM task_edges(task.task_uuid)),
         walk(step_index, depth) AS (
           SELECT root.step_index, 0 FROM workflow_steps AS root
           WHERE  root.task_uuid = task.task_uuid AND NOT EXISTS (SELECT FROM edge WHERE edge.to_index = root.step_index)
           UNION
           SELECT edge.to_index, walk.depth + 1 FROM walk JOIN edge ON edge.from_index = walk.step_index WHERE walk.depth < 50
         )
         SELECT walk.step_index, min(walk.depth) AS depth,
                coalesce((SELECT jsonb_agg(step_uuid(task.task_uuid, edge.from_index) ORDER BY edge.from_index)
                          FROM edge WHERE edge.to_index = walk.step_index), '[]') AS parents,
                coalesce((SELECT jsonb_agg(step_uuid(task.task_uuid, edge.to_index) ORDER BY edge.to_index)
                          FROM edge WHERE edge.from_index = walk.step_index), '[]') AS children
         FROM   walk GROUP BY walk.step_index) AS around
       JOIN workflow_steps AS step ON step.task_uuid = task.task_uuid AND step.step_index = around.step_index;

-- Tasks with their steps as one document each (01 §3.10). Of a step's result only the error is read; what a compact error leaves out, its
-- metadata tell. error_retryable is null exactly when there is no error.
CREATE OR REPLACE FUNCTION get_task_summaries(input_task_uuids uuid[])
RETURNS TABLE (
  task_uuid uuid, named_task_uuid uuid, task_name text, task_version text, namespace_name text, task_status text, created_at timestamptz,
  updated_at timestamptz, completed_at timestamptz, initiator text, source_system text, reason text, correlation_id uuid,
  template_configuration json, step_summaries json, execution_context json, dlq_status json)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT task.task_uuid, named.named_task_uuid, named.task_name, named.version, named.namespace_name, context.status, task.created_at,
         task.updated_at, CASE WHEN task.state = task_state('complete') THEN task.entered_at END, request.initiator, request.source_system,
         request.reason, request.correlation_id, named.document::json,
         coalesce((
           SELECT json_agg(json_build_object(
                    'step_uuid', step_uuid(step.task_uuid, step.step_index),
                    'name', coalesce(step.name, named.document::json -> 'steps' -> step.template_step ->> 'name'),
                    'current_state', step_state_name(step.state), 'created_at', step.created_at,
                    'completed_at', CASE WHEN step.state IN (step_state('complete'), step_state('resolved_manually')) THEN step.entered_at END,
                    'last_attempted_at', step.last_attempted_at, 'attempts', step.attempts, 'max_attempts', step.max_attempts,
                    'dependencies_satisfied', step.pending_parents = 0,
                    'retry_eligible', step.attempts = 0 OR step.retryable AND step.attempts < step.max_attempts,
                    'error_type', CASE WHEN failure.document IS NOT NULL
                                       THEN coalesce(failure.document ->> 'error_type', failure.metadata ->> 'error_type') END,
                    'error_retryable', CASE WHEN failure.document IS NOT NULL
                                            THEN coalesce(failure.document ->> 'retryable', failure.metadata ->> 'retryable', '') = 'true' END,
                    'error_status_code', failure.document -> 'status_code') ORDER BY step.step_index)
           FROM   workflow_steps AS step
                  CROSS JOIN LATERAL (SELECT CASE WHEN json_typeof(step.result::json -> 'error') = 'object'
                                                  THEN step.result::json -> 'error' END AS document,
                                             step.result::json -> 'metadata' AS metadata) AS failure
           WHERE  step.task_uuid = task.task_uuid), '[]'),
         json_build_object(
           'total_steps', context.total_steps, 'pending_steps', context.pending_steps, 'in_progress_steps', context.in_progress_steps,
           'completed_steps', context.completed_steps, 'failed_steps', context.failed_steps,
           'completion_percentage', context.completion_percentage, 'health_status', context.health_status,
           'execution_status', context.execution_status, 'recommended_action', context.recommended_action),
         json_build_object('in_dlq', entry.task_uuid IS NOT NULL, 'dlq_reason', entry.dlq_reason, 'resolution_status', entry.resolution_status)
  FROM   get_task_execution_contexts_batch(input_task_uuids) AS context
         JOIN tasks AS task ON task.task_uuid = context.task_uuid
         JOIN task_requests AS request ON request.task_uuid = context.task_uuid
         JOIN template_names AS named ON named.template_id = task.template_id
         LEFT JOIN tasks_dlq AS entry ON entry.task_uuid = context.task_uuid AND entry.resolution_status = 'pending'
  ORDER  BY task.task_uuid
$$;

CREATE OR REPLACE FUNCTION get_task_summary(input_task_uuid uuid)
RETURNS TABLE (
  task_uuid uuid, named_task_uuid uuid, task_name text, task_version text, namespace_name text, task_status text, created_at timestamptz,
  updated_at timestamptz, completed_at timestamptz, initiator text, source_system text, reason text, correlation_id uuid,
  template_configuration json, step_summaries json, execution_context json, dlq_status json)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$ SELECT * FROM get_task_summaries(ARRAY[input_task_uuid]) $$;

-- Changes of the tasks of a namespace after a transaction, in the order of their transactions: told only when every transaction before has
-- ended, so that nothing can appear before them any more. Walks over about p_walk changes of all namespaces, those of one transaction
-- together. A row without a task says up to which transaction, and whether there is more.
CREATE OR REPLACE FUNCTION changes_of_namespace(p_namespace text, p_after bigint, p_walk integer)
RETURNS TABLE (transaction_id bigint, task_uuid uuid, sort_key integer, task_name text, version text, from_state text, to_state text,
               via text[], created_at timestamptz, action text, actor text, subject text, reason text, is_cut boolean)
LANGUAGE plpgsql STABLE
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH horizon AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS id),
  walked AS MATERIALIZED (
    SELECT history.* FROM task_history AS history
    WHERE  history.transaction_id > p_after::text::xid8 AND history.transaction_id < (SELECT horizon.id FROM horizon)
    ORDER  BY history.transaction_id FETCH FIRST (p_walk) ROWS WITH TIES
  )
  (SELECT CASE WHEN count(*) >= p_walk THEN max(walked.transaction_id::text::bigint)
               ELSE (SELECT horizon.id::text::bigint - 1 FROM horizon) END,
          NULL::uuid, NULL::integer, NULL, NULL, NULL, NULL, NULL::text[], NULL::timestamptz, NULL, NULL, NULL, NULL, count(*) >= p_walk
   FROM   walked)
  UNION ALL
  (SELECT walked.transaction_id::text::bigint, walked.task_uuid, walked.sort_key, named.task_name::text, named.version::text,
          task_state_name(walked.from_state)::text, task_state_name(walked.to_state)::text,
          task_via(walked.from_state, walked.to_state, walked.cause)::text[],
          walked.created_at, said.word ->> 'action', said.word ->> 'actor', said.word ->> 'subject',
          CASE WHEN walked.cause IN (cause('operator'), cause('stale')) THEN walked.detail::json ->> 'reason' END, NULL
   FROM   walked
          JOIN tasks AS task ON task.task_uuid = walked.task_uuid
          JOIN template_names AS named ON named.template_id = task.template_id AND named.namespace_name = p_namespace
          CROSS JOIN LATERAL (SELECT CASE WHEN walked.cause = cause('operator') THEN walked.detail::json END AS word) AS said
   ORDER  BY walked.transaction_id, walked.created_at, walked.task_uuid, walked.sort_key);
END $$;

-- JSON as PostgreSQL can read it: without what it cannot hold and others can write as an escape, U+0000 and halves of pairs. What begins with
-- an escaped backslash is none of them, so the first branch passes over it.
CREATE OR REPLACE FUNCTION readable_json(p_document text) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN strpos(p_document, '\u') = 0 THEN p_document
       ELSE regexp_replace(p_document, '(\\[^u]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})',
                           '\1', 'g') END::json;

-- Whether at a path of keys and indexes, with dots, there is the string p_value, or the number, true, false or null that p_value is. Numbers
-- are compared by value, as far as that is cheap.
CREATE OR REPLACE FUNCTION json_has(p_document json, p_path text, p_value text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  c_number CONSTANT text := '^-?[0-9]{1,50}([.][0-9]{1,50})?([eE][+-]?[0-9]{1,2})?$';
  v_found json := p_document #> string_to_array(p_path, '.');
BEGIN
  RETURN CASE json_typeof(v_found)
         WHEN 'string' THEN v_found #>> '{}' = p_value
         WHEN 'number' THEN CASE WHEN v_found::text ~ c_number AND p_value ~ c_number
                                 THEN v_found::text::numeric = p_value::numeric ELSE v_found::text = p_value END
         WHEN 'boolean' THEN v_found::text = p_value
         WHEN 'null' THEN p_value = 'null' ELSE false END;
END $$;

-- Older forms, by the types of their parameters.
DROP FUNCTION IF EXISTS list_tasks(text, text, text, integer[], uuid, uuid, text, text, text[], uuid, integer, integer, integer, text, boolean);
DROP FUNCTION IF EXISTS list_tasks(text, text, text, integer[], uuid, uuid, text, text, text[], uuid, integer, integer, integer, text, boolean, uuid,
                                   uuid, integer, integer, timestamptz, timestamptz);

-- Lists tasks, newest first. Namespace, template and states are covered by the totals: total is exact and the page costs an index walk of at
-- most p_offset + p_limit rows per template and state that has tasks. The other filters look through the newest p_examine tasks of those
-- only: total is what was found there, exact when it was all; null on a page that begins at a cursor. Values within contexts (p_values at
-- p_paths) are looked for in the newest p_bytes of contexts at most. Words are looked for in what people know a task by; one that is the
-- beginning of a task's uuid narrows the walk to such tasks.
-- In another order than newest first (p_sort: created_at, updated_at, priority or name) equals stay newest first, and there is no cursor. By
-- created_at and by name the walk is as short, where totals cover the filter; else the newest p_examine tasks are sorted.
-- tasks: the page; next: the cursor of the following page (tasks with a smaller uuid), null when there is none.
CREATE OR REPLACE FUNCTION list_tasks(
  p_namespace text, p_name text, p_version text, p_states integer[], p_from uuid, p_until uuid, p_initiator text, p_source_system text,
  p_tags text[], p_before uuid, p_offset integer, p_limit integer, p_examine integer, p_sort text, p_ascending boolean, p_correlation uuid,
  p_parent_correlation uuid, p_priority_min integer, p_priority_max integer, p_updated_from timestamptz, p_updated_until timestamptz,
  p_words text[], p_paths text[], p_values text[], p_bytes bigint)
RETURNS TABLE (tasks uuid[], total bigint, is_exact boolean, next uuid)
LANGUAGE plpgsql STABLE
SET search_path = tasker, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
DECLARE
  v_below uuid := least(p_before, p_until); -- null is no bound
  v_covered boolean := num_nulls(p_from, p_until, p_initiator, p_source_system, p_tags, p_correlation, p_parent_correlation, p_priority_min,
                                 p_priority_max, p_updated_from, p_updated_until, p_words, p_paths) = 13; -- by the totals
  v_first uuid := p_from;
  v_upto uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_digits text[]; -- of words that may begin a uuid, null for others
  v_templates integer[];
  v_states smallint[];
  v_words text[]; -- by which templates are sorted, nulls when they are not
  v_total bigint;
  v_found uuid[];
  v_more boolean;
  v_last uuid;
BEGIN
  IF p_words IS NOT NULL THEN
    SELECT array_agg(CASE WHEN word.digits ~ '^[0-9a-f]{8,32}$' THEN word.digits END ORDER BY word.position)
    INTO   v_digits
    FROM  (SELECT wanted.position, replace(lower(wanted.word), '-', '') AS digits
           FROM   unnest(p_words) WITH ORDINALITY AS wanted(word, position)) AS word;
    SELECT near.low, near.high
    INTO   v_first, v_upto
    FROM  (SELECT rpad(wanted.digits, 32, '0')::uuid AS low, rpad(wanted.digits, 32, 'f')::uuid AS high
           FROM   unnest(v_digits) AS wanted(digits) WHERE wanted.digits IS NOT NULL) AS near
    WHERE  EXISTS (SELECT FROM tasks AS task WHERE task.task_uuid BETWEEN near.low AND near.high)
    LIMIT  1;
    v_first := greatest(v_first, p_from);
    v_upto := coalesce(v_upto, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  END IF;

  SELECT array_agg(pair.template_id), array_agg(pair.state), array_agg(pair.word), coalesce(sum(pair.entities), 0)
  INTO   v_templates, v_states, v_words, v_total
  FROM  (SELECT total.template_id, total.state, total.entities,
                CASE WHEN p_sort = 'name' THEN (SELECT named.task_name FROM template_names AS named
                                                WHERE  named.template_id = total.template_id) END AS word
         FROM   state_totals AS total
         WHERE  total.template_step = -1 AND (p_states IS NULL OR total.state = ANY (p_states))
         AND    (num_nulls(p_namespace, p_name, p_version) = 3
                 OR total.template_id IN (SELECT named.template_id FROM template_names AS named
                                          WHERE  (p_namespace IS NULL OR named.namespace_name = p_namespace)
                                          AND    (p_name IS NULL OR named.task_name = p_name)
                                          AND    (p_version IS NULL OR named.version = p_version)))) AS pair
  WHERE  pair.entities > 0;

  IF v_covered AND p_sort = 'created_at' AND p_ascending THEN
    SELECT array_agg(page.task_uuid ORDER BY page.task_uuid) INTO v_found
    FROM  (SELECT task.task_uuid
           FROM   unnest(v_templates, v_states) AS pair(template_id, state)
                  CROSS JOIN LATERAL (SELECT task.task_uuid FROM tasks AS task
                                      WHERE  task.state = pair.state AND task.template_id = pair.template_id
                                      ORDER  BY task.task_uuid LIMIT p_offset + p_limit) AS task
           ORDER  BY task.task_uuid OFFSET p_offset LIMIT p_limit) AS page;
    RETURN QUERY SELECT coalesce(v_found, '{}'), v_total, true, NULL::uuid;
    RETURN;
  END IF;

  IF v_covered AND (p_sort IS NULL OR p_sort IN ('created_at', 'name')) THEN
    SELECT array_agg(page.task_uuid ORDER BY CASE WHEN p_ascending THEN page.word END COLLATE "C",
                                             CASE WHEN NOT p_ascending THEN page.word END COLLATE "C" DESC, page.task_uuid DESC)
    INTO   v_found
    FROM  (SELECT task.task_uuid, pair.word
           FROM   unnest(v_templates, v_states, v_words) AS pair(template_id, state, word)
                  CROSS JOIN LATERAL (SELECT task.task_uuid FROM tasks AS task
                                      WHERE  task.state = pair.state AND task.template_id = pair.template_id
                                      AND    task.task_uuid < coalesce(v_below, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
                                      ORDER  BY task.task_uuid DESC LIMIT p_offset + p_limit + 1) AS task
           ORDER  BY CASE WHEN p_ascending THEN pair.word END COLLATE "C",
                     CASE WHEN NOT p_ascending THEN pair.word END COLLATE "C" DESC, task.task_uuid DESC
           OFFSET p_offset LIMIT p_limit + 1) AS page;
    RETURN QUERY SELECT coalesce(v_found[1:p_limit], '{}'), v_total, true,
                        CASE WHEN p_sort IS NULL AND cardinality(v_found) > p_limit THEN v_found[p_limit] END;
    RETURN;
  END IF;

  WITH newest AS MATERIALIZED (
    SELECT task.task_uuid
    FROM   unnest(v_templates, v_states) AS pair(template_id, state)
           CROSS JOIN LATERAL (SELECT task.task_uuid FROM tasks AS task
                               WHERE  task.state = pair.state AND task.template_id = pair.template_id
                               AND    task.task_uuid < coalesce(v_below, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
                               AND    task.task_uuid <= v_upto
                               AND    task.task_uuid >= coalesce(v_first, '00000000-0000-0000-0000-000000000000')
                               ORDER  BY task.task_uuid DESC LIMIT p_examine) AS task
    ORDER  BY task.task_uuid DESC LIMIT p_examine
  ), examined AS (
    SELECT newest.task_uuid FROM newest WHERE p_paths IS NULL
    UNION ALL -- the first whatever its size: a walk always gets on
    SELECT sized.task_uuid
    FROM  (SELECT newest.task_uuid, sum(octet_length(request.context)) OVER (ORDER BY newest.task_uuid DESC) - octet_length(request.context) AS before
           FROM   newest JOIN task_requests AS request ON request.task_uuid = newest.task_uuid WHERE p_paths IS NOT NULL) AS sized
    WHERE  sized.before < p_bytes / cardinality(p_paths)
  )
  SELECT array_agg(examined.task_uuid
                   ORDER BY CASE WHEN p_ascending THEN fits.number ELSE -fits.number END,
                            CASE WHEN p_ascending THEN fits.word END COLLATE "C", CASE WHEN NOT p_ascending THEN fits.word END COLLATE "C" DESC,
                            CASE WHEN p_ascending AND p_sort = 'created_at' THEN examined.task_uuid END, examined.task_uuid DESC)
         FILTER (WHERE fits.yes), count(*) = p_examine OR count(*) < (SELECT count(*) FROM newest),
         (array_agg(examined.task_uuid ORDER BY examined.task_uuid))[1]
  INTO   v_found, v_more, v_last
  FROM   examined
         CROSS JOIN LATERAL (
           SELECT (p_initiator IS NULL OR request.initiator = p_initiator)
                  AND (p_source_system IS NULL OR request.source_system = p_source_system)
                  AND (p_correlation IS NULL OR request.correlation_id = p_correlation)
                  AND (p_parent_correlation IS NULL OR request.parent_correlation_id = p_parent_correlation)
                  AND (p_priority_min IS NULL OR request.priority >= p_priority_min)
                  AND (p_priority_max IS NULL OR request.priority <= p_priority_max)
                  AND (num_nulls(p_updated_from, p_updated_until) = 2
                       OR EXISTS (SELECT FROM tasks AS task
                                  WHERE  task.task_uuid = examined.task_uuid
                                  AND    (p_updated_from IS NULL OR task.updated_at >= p_updated_from)
                                  AND    (p_updated_until IS NULL OR task.updated_at < p_updated_until)))
                  AND (p_tags IS NULL OR CASE WHEN json_typeof(request.tags::json) = 'array' THEN NOT EXISTS (
                         SELECT FROM unnest(p_tags) AS wanted(tag)
                         WHERE  NOT EXISTS (SELECT FROM json_array_elements(request.tags::json) AS tag(value)
                                            WHERE  tag.value::text = to_json(wanted.tag)::text))
                       ELSE false END)
                  AND (p_words IS NULL OR NOT EXISTS (
                         SELECT FROM unnest(p_words, v_digits) AS wanted(word, digits)
                         WHERE  NOT (strpos(lower(concat_ws(E'\n', request.initiator, request.source_system, request.reason)),
                                            lower(wanted.word)) > 0
                                     OR EXISTS (SELECT FROM template_names AS named WHERE named.template_id = request.template_id
                                                AND strpos(lower(concat_ws(E'\n', named.task_name, named.namespace_name, named.version)),
                                                           lower(wanted.word)) > 0)
                                     OR wanted.digits IS NOT NULL
                                        AND (starts_with(replace(request.task_uuid::text, '-', ''), wanted.digits)
                                             OR starts_with(replace(request.correlation_id::text, '-', ''), wanted.digits))
                                     OR CASE WHEN json_typeof(request.tags::json) = 'array' THEN EXISTS (
                                               SELECT FROM json_array_elements_text(readable_json(request.tags)) AS tag(value)
                                               WHERE  strpos(lower(tag.value), lower(wanted.word)) > 0)
                                             ELSE false END)))
                  AND (p_paths IS NULL OR (SELECT bool_and(json_has(document.json, wanted.path, wanted.value))
                                           FROM  (SELECT readable_json(request.context) AS json OFFSET 0) AS document, -- read once
                                                 unnest(p_paths, p_values) AS wanted(path, value))) AS yes,
                  CASE p_sort WHEN 'priority' THEN request.priority
                              WHEN 'updated_at' THEN (SELECT extract(epoch FROM task.updated_at) FROM tasks AS task
                                                      WHERE  task.task_uuid = examined.task_uuid) END AS number,
                  CASE WHEN p_sort = 'name' THEN (SELECT named.task_name FROM tasks AS task JOIN template_names AS named USING (template_id)
                                                  WHERE  task.task_uuid = examined.task_uuid) END AS word
           FROM   task_requests AS request WHERE request.task_uuid = examined.task_uuid) AS fits;
  v_found := coalesce(v_found, '{}');
  RETURN QUERY SELECT v_found[p_offset + 1 : p_offset + p_limit],
                      CASE WHEN v_covered THEN v_total WHEN p_before IS NULL THEN cardinality(v_found)::bigint END,
                      v_covered OR p_before IS NULL AND NOT v_more,
                      CASE WHEN p_sort IS NOT NULL THEN NULL
                           WHEN cardinality(v_found) > p_offset + p_limit THEN v_found[p_offset + p_limit]
                           WHEN v_more THEN v_last END;
END $$;
