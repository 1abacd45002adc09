-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Entries of the dead-letter queue: whatever the reason, they are made by dead_letter_tasks (01 §5.3, §5.4).

-- Minutes from p_from to p_to, for people: whole ones, never negative.
CREATE OR REPLACE FUNCTION minutes_between(p_from timestamptz, p_to timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  greatest(floor(extract(epoch FROM p_to - p_from) / 60), 0)::integer;

-- The smallest v7 uuid of a moment.
CREATE OR REPLACE FUNCTION first_uuid_of(p_at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (lpad(to_hex(greatest(floor(extract(epoch FROM p_at) * 1000), 0)::bigint), 12, '0') || '70008000000000000000')::uuid;

-- A new v7 uuid.
CREATE OR REPLACE FUNCTION new_uuid(p_at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE RETURN
  (left(first_uuid_of(p_at)::text, 15) || substr(gen_random_uuid()::text, 16))::uuid;

-- What a step last failed with, as it was stored, unless it is long. Texts are taken over, never unescaped: they may hold what text cannot.
CREATE OR REPLACE FUNCTION last_error(p_result text) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN p_result IS NULL OR p_result IS NOT JSON OBJECT THEN NULL
       WHEN octet_length((p_result::json -> 'error')::text) <= 4000 THEN p_result::json -> 'error'
       ELSE json_build_object('error_type', p_result::json -> 'error' -> 'error_type', 'message', '(longer than 4000 bytes; it stands on the step)')
  END;

DROP FUNCTION IF EXISTS snapshot_steps(uuid);
DROP FUNCTION IF EXISTS snapshot_context(uuid);

-- Enters tasks into the dead-letter queue, moves them to error, or both, each as asked for: the one way in, for every reason. Locks the tasks,
-- then one statement. A task is named once in a call.
--   p_state, p_version: the task as it was judged; one that has changed since is left alone. Version null: as it is now, whatever it is.
--   p_threshold: minutes, 0 when none was exceeded.
--   p_enters: whether an entry is made, unless one is open; p_fails: whether the task goes to error.
--   p_metadata: JSON to be kept with the entry; null: what was detected, and by which limit.
-- Returns a row per task that exists: whether it was as judged, the entry made for it, whether it went to error, and what it is called.
CREATE OR REPLACE FUNCTION dead_letter_tasks(
  p_task uuid[], p_reason text[], p_state smallint[], p_version integer[], p_threshold integer[], p_enters boolean[], p_fails boolean[],
  p_metadata text[])
RETURNS TABLE (task_uuid uuid, unchanged boolean, dlq_entry_uuid uuid, failed boolean, namespace_name text, task_name text,
               state smallint, minutes integer)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET jit = off
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
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) ORDER BY task.task_uuid FOR NO KEY UPDATE;

  RETURN QUERY
  WITH asked AS (
    SELECT i.task_uuid, i.reason, i.threshold, i.enters, i.fails, i.metadata, task.state, task.version, task.priority,
           minutes_between(task.entered_at, v_now) AS minutes, request.correlation_id, task.created_at, template.document::json AS document,
           namespace.name AS namespace_name, named.name AS task_name,
           i.version IS NULL OR task.version = i.version AND task.state = i.state AS unchanged
    FROM   unnest(p_task, p_reason, p_state, p_version, p_threshold, p_enters, p_fails, p_metadata)
             AS i(task_uuid, reason, state, version, threshold, enters, fails, metadata)
           JOIN tasks AS task ON task.task_uuid = i.task_uuid
           JOIN task_requests AS request ON request.task_uuid = i.task_uuid
           JOIN templates AS template ON template.template_id = task.template_id
           JOIN named_tasks AS named ON named.named_task_uuid = template.named_task_uuid
           JOIN task_namespaces AS namespace ON namespace.task_namespace_uuid = named.task_namespace_uuid
  ),
  entry AS (
    INSERT INTO tasks_dlq (dlq_entry_uuid, task_uuid, original_state, dlq_reason, dlq_timestamp, task_snapshot, metadata, created_at,
                           updated_at)
    SELECT new_uuid(v_now), asked.task_uuid, task_state_name(asked.state), asked.reason, v_now,
           json_build_object(
             'task_uuid', asked.task_uuid, 'namespace', asked.namespace_name, 'task_name', asked.task_name,
             'current_state', task_state_name(asked.state), 'time_in_state_minutes', asked.minutes, 'threshold_minutes', asked.threshold,
             'snapshot_timestamp', v_now,
             'task_details', json_build_object('correlation_id', asked.correlation_id, 'priority', asked.priority,
                                               'requested_at', asked.created_at, 'created_at', asked.created_at),
             'steps', coalesce(step.kept, '[]'), 'execution_context', context.figures)::text,
           coalesce(asked.metadata, json_build_object('detection_method', 'automatic_staleness', 'time_in_state_minutes', asked.minutes,
                                                      'threshold_minutes', asked.threshold)::text),
           v_now, v_now
    FROM   asked
           CROSS JOIN LATERAL (  -- at most 1000 steps, those that did not end well first
             SELECT json_agg(json_build_object(
                      'name', coalesce(kept.name, asked.document -> 'steps' -> kept.template_step ->> 'name'),
                      'state', step_state_name(kept.state), 'attempts', kept.attempts, 'max_attempts', kept.max_attempts,
                      'last_error', CASE WHEN kept.state NOT IN (step_state('complete'), step_state('resolved_manually'))
                                         THEN last_error(kept.result) END)
                      ORDER BY kept.step_index) AS kept
             FROM  (SELECT found.* FROM workflow_steps AS found WHERE found.task_uuid = asked.task_uuid
                    ORDER  BY found.state IN (step_state('complete'), step_state('resolved_manually'), step_state('pending')), found.step_index
                    LIMIT  1000) AS kept) AS step
           CROSS JOIN LATERAL (  -- as readers of its execution context know them (01 §3.3)
             SELECT json_build_object(
                      'total_steps', total, 'pending_steps', pending, 'in_progress_steps', in_progress, 'completed_steps', completed,
                      'failed_steps', failed, 'ready_steps', ready, 'enqueued_steps', enqueued,
                      'execution_status', CASE WHEN failed > 0 THEN 'blocked_by_failures' WHEN ready > 0 THEN 'has_ready_steps'
                                               WHEN in_progress + enqueued > 0 THEN 'processing'
                                               WHEN completed = total AND total > 0 THEN 'all_complete'
                                               ELSE 'waiting_for_dependencies' END,
                      'recommended_action', CASE WHEN failed > 0 THEN 'handle_failures' WHEN ready > 0 THEN 'execute_ready_steps'
                                                 WHEN in_progress + enqueued > 0 THEN 'wait_for_completion'
                                                 WHEN completed = total AND total > 0 THEN 'finalize_task'
                                                 ELSE 'wait_for_dependencies' END,
                      'completion_percentage', CASE WHEN total = 0 THEN 0.0 ELSE round(completed * 100.0 / total, 2) END,
                      'health_status', CASE WHEN failed > 0 THEN 'blocked' ELSE 'healthy' END) AS figures
             FROM  (SELECT count(*) AS total,
                           count(*) FILTER (WHERE found.state = step_state('pending')) AS pending,
                           count(*) FILTER (WHERE found.state = step_state('in_progress')) AS in_progress,
                           count(*) FILTER (WHERE found.state IN (step_state('complete'), step_state('resolved_manually'))) AS completed,
                           count(*) FILTER (WHERE found.state = step_state('error')) AS failed,
                           count(*) FILTER (WHERE found.state = step_state('pending') AND found.pending_parents = 0
                                            OR found.state = step_state('waiting_for_retry') AND found.next_retry_at <= v_now) AS ready,
                           count(*) FILTER (WHERE found.state IN (step_state('enqueued'), step_state('enqueued_for_orchestration'),
                                                                  step_state('enqueued_as_error_for_orchestration'))) AS enqueued
                    FROM   workflow_steps AS found WHERE found.task_uuid = asked.task_uuid) AS counted) AS context
    WHERE  asked.enters AND asked.unchanged
    ORDER  BY asked.task_uuid
    ON CONFLICT (task_uuid) WHERE resolution_status = 'pending' DO NOTHING
    RETURNING task_uuid, dlq_entry_uuid
  ),
  failed AS (
    UPDATE tasks AS task SET state = task_state('error'), version = task.version + 1, entered_at = v_now, updated_at = v_now
    FROM   asked
    WHERE  task.task_uuid = asked.task_uuid AND asked.fails AND asked.unchanged
    RETURNING task.task_uuid, task.version
  ),
  task_log AS (
    INSERT INTO task_changes (task_uuid, sort_key, from_state, to_state, cause, created_at, detail)
    SELECT asked.task_uuid, failed.version, asked.state, task_state('error'), cause('stale'), v_now,
           json_build_object('reason', asked.reason, 'namespace', asked.namespace_name, 'task_name', asked.task_name,
                             'detected_at', v_now)::text
    FROM   failed JOIN asked ON asked.task_uuid = failed.task_uuid
  )
  SELECT asked.task_uuid, asked.unchanged,
         (SELECT entry.dlq_entry_uuid FROM entry WHERE entry.task_uuid = asked.task_uuid),
         EXISTS (SELECT FROM failed WHERE failed.task_uuid = asked.task_uuid), asked.namespace_name::text, asked.task_name::text,
         asked.state, asked.minutes
  FROM   asked;
END $$;

-- Edits an entry: what is null keeps its value. Any status stamps the time of resolution; a final one is not taken back.
-- Returns no row for an unknown entry, else whether it was edited, its status before, its reason, and the hours it was open if this closed it.
CREATE OR REPLACE FUNCTION update_dead_letter(p_entry uuid, p_status text, p_notes text, p_by text, p_metadata text)
RETURNS TABLE (edited boolean, status text, reason text, hours double precision)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET jit = off
SET lock_timeout = '10s'
AS $$
DECLARE
  v_entry tasks_dlq;
  v_now timestamptz := engine_now();
BEGIN
  SELECT * INTO v_entry FROM tasks_dlq AS entry WHERE entry.dlq_entry_uuid = p_entry FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF v_entry.resolution_status <> 'pending' AND p_status <> v_entry.resolution_status THEN
    RETURN QUERY SELECT false, v_entry.resolution_status::text, v_entry.dlq_reason::text, NULL::double precision;
    RETURN;
  END IF;

  UPDATE tasks_dlq AS entry
  SET    resolution_status = coalesce(p_status, entry.resolution_status),
         resolution_timestamp = CASE WHEN p_status IS NULL THEN entry.resolution_timestamp ELSE v_now END,
         resolution_notes = coalesce(p_notes, entry.resolution_notes), resolved_by = coalesce(p_by, entry.resolved_by),
         metadata = coalesce(p_metadata, entry.metadata), updated_at = v_now
  WHERE  entry.dlq_entry_uuid = p_entry;
  RETURN QUERY SELECT true, v_entry.resolution_status::text, v_entry.dlq_reason::text,
                      CASE WHEN v_entry.resolution_status = 'pending' AND p_status <> 'pending'
                           THEN extract(epoch FROM v_now - v_entry.dlq_timestamp)::double precision / 3600 END;
END $$;

-- dead_letter_tasks for tasks found by a sweep: one that cannot be entered does not keep the others from it; it has no row.
CREATE OR REPLACE FUNCTION dead_letter_each(
  p_task uuid[], p_reason text[], p_state smallint[], p_version integer[], p_threshold integer[], p_enters boolean[], p_fails boolean[])
RETURNS TABLE (task_uuid uuid, dlq_entry_uuid uuid, failed boolean)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  BEGIN
    RETURN QUERY SELECT done.task_uuid, done.dlq_entry_uuid, done.failed
                 FROM   dead_letter_tasks(p_task, p_reason, p_state, p_version, p_threshold, p_enters, p_fails, '{}') AS done;
    RETURN;
  EXCEPTION
    WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN RAISE; -- all of it is tried again
    WHEN OTHERS THEN RAISE WARNING 'tasks are entered into the dead-letter queue one by one: %', SQLERRM;
  END;
  FOR v_position IN 1 .. cardinality(p_task) LOOP
    BEGIN
      RETURN QUERY SELECT done.task_uuid, done.dlq_entry_uuid, done.failed
                   FROM   dead_letter_tasks(p_task[v_position:v_position], p_reason[v_position:v_position],
                                            p_state[v_position:v_position], p_version[v_position:v_position],
                                            p_threshold[v_position:v_position], p_enters[v_position:v_position],
                                            p_fails[v_position:v_position], '{}') AS done;
    EXCEPTION
      WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN RAISE;
      WHEN OTHERS THEN RAISE WARNING 'task % cannot be entered into the dead-letter queue: %', p_task[v_position], SQLERRM;
    END;
  END LOOP;
END $$;
