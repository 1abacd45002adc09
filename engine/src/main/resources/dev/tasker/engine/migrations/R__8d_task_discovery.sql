-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Which tasks could go on, and which have been at something for long (01 §3.4). For people and tools: the engine itself never looks for tasks,
-- its work is in ready_steps and timers. Public.

-- What age does to a priority, only reported: a tenth an hour; after an hour in one state it fades, after a day it is all but gone.
CREATE OR REPLACE FUNCTION computed_priority(p_priority integer, p_seconds_in_state numeric, p_age_seconds numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN p_seconds_in_state < 3600 THEN p_priority + 0.1 * p_age_seconds / 3600
       WHEN p_seconds_in_state < 86400 THEN p_priority * exp(-p_seconds_in_state / 43200)
       ELSE 0.1 END;

-- Tasks that wait although a step of theirs could start, by priority, then oldest first, whatever their age. On a healthy system there are none for
-- longer than a moment: retries that have just fallen due.
CREATE OR REPLACE FUNCTION get_next_ready_tasks(p_limit integer DEFAULT 5)
RETURNS TABLE (
  task_uuid uuid, task_name text, priority integer, namespace_name text, ready_steps_count bigint, computed_priority numeric, current_state text)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
SET enable_seqscan = off
AS $$
  WITH candidate AS MATERIALIZED (
    SELECT task.task_uuid FROM tasks AS task WHERE task.state IN (task_state('pending'), task_state('waiting_for_dependencies'))
    UNION
    SELECT task.task_uuid
    FROM   timers AS timer JOIN tasks AS task ON task.task_uuid = timer.task_uuid
    WHERE  timer.due_at <= engine_now() AND task.state = task_state('waiting_for_retry')
  ),
  context AS (SELECT * FROM get_task_execution_contexts_batch(ARRAY(SELECT candidate.task_uuid FROM candidate)))
  SELECT task.task_uuid, named.task_name, task.priority, named.namespace_name, context.ready_steps,
         computed_priority(task.priority, extract(epoch FROM engine_now() - task.entered_at), extract(epoch FROM engine_now() - task.created_at)),
         context.status
  FROM   context
         JOIN tasks AS task ON task.task_uuid = context.task_uuid
         JOIN template_names AS named ON named.template_id = task.template_id
  WHERE  context.status = 'pending' OR context.execution_status = 'has_ready_steps'
  ORDER  BY task.priority DESC, task.task_uuid LIMIT p_limit
$$;

CREATE OR REPLACE FUNCTION get_next_ready_task()
RETURNS TABLE (
  task_uuid uuid, task_name text, priority integer, namespace_name text, ready_steps_count bigint, computed_priority numeric, current_state text)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$ SELECT * FROM get_next_ready_tasks(1) $$;

-- The same of one task, whatever its state.
CREATE OR REPLACE FUNCTION get_task_ready_info(p_task_uuid uuid)
RETURNS TABLE (
  task_uuid uuid, task_name text, priority integer, namespace_name text, ready_steps_count bigint, computed_priority numeric, current_state text)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT task.task_uuid, named.task_name, task.priority, named.namespace_name, context.ready_steps,
         computed_priority(task.priority, 0, extract(epoch FROM engine_now() - task.created_at)), context.status
  FROM   get_task_execution_context(p_task_uuid) AS context
         JOIN tasks AS task ON task.task_uuid = context.task_uuid
         JOIN template_names AS named ON named.template_id = task.template_id
$$;

-- Tasks in a working state for longer than p_timeout_minutes, longest first. Of these only steps_in_process is a state in which tasks rest, and
-- rightly while their steps run; in another a task stands only by a fault, which the auditor calls task_state. No task belongs to a processor.
CREATE OR REPLACE FUNCTION find_stuck_tasks(p_timeout_minutes integer DEFAULT 10)
RETURNS TABLE (task_uuid uuid, current_state text, processor_uuid uuid, stuck_duration_minutes integer)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
SET enable_seqscan = off
AS $$
  SELECT task.task_uuid, task_state_name(task.state), NULL::uuid, minutes_between(task.entered_at, engine_now())
  FROM   tasks AS task
  WHERE  task.state IN (task_state('initializing'), task_state('enqueuing_steps'), task_state('steps_in_process'),
                        task_state('evaluating_results'))
  AND    task.entered_at < engine_now() - p_timeout_minutes * interval '1 min'
  ORDER  BY task.entered_at, task.task_uuid
$$;
