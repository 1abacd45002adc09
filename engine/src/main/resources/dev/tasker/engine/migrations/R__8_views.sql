-- Locks: ACCESS EXCLUSIVE on each view while it is replaced, which waits for transactions that read it; no table locks.
-- Cost: milliseconds, whatever the tables hold.
-- Public views: the shapes of the domain model (01 §1.8 - §1.10, §3.1). The tables below them may change.

-- States passed through inside one transaction, in order, by the change that was recorded.
CREATE OR REPLACE FUNCTION task_via(p_from smallint, p_to smallint, p_cause smallint) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE task_state_name(p_from) || '>' || task_state_name(p_to)
    WHEN 'pending>steps_in_process' THEN ARRAY['initializing', 'enqueuing_steps']
    WHEN 'pending>complete' THEN ARRAY['initializing']
    WHEN 'steps_in_process>complete' THEN ARRAY['evaluating_results']
    WHEN 'steps_in_process>blocked_by_failures' THEN ARRAY['evaluating_results']
    WHEN 'steps_in_process>waiting_for_retry' THEN ARRAY['evaluating_results']
    WHEN 'waiting_for_retry>steps_in_process' THEN
      CASE WHEN p_cause = cause('operator') THEN ARRAY['evaluating_results', 'enqueuing_steps'] ELSE ARRAY['enqueuing_steps'] END
    WHEN 'waiting_for_retry>complete' THEN ARRAY['evaluating_results']
    WHEN 'blocked_by_failures>steps_in_process' THEN ARRAY['evaluating_results', 'enqueuing_steps']
    WHEN 'blocked_by_failures>waiting_for_retry' THEN ARRAY['evaluating_results']
    WHEN 'blocked_by_failures>complete' THEN ARRAY['evaluating_results']
    WHEN 'error>steps_in_process' THEN ARRAY['pending', 'initializing', 'enqueuing_steps']
    WHEN 'error>waiting_for_retry' THEN ARRAY['pending', 'initializing', 'waiting_for_dependencies', 'evaluating_results']
    WHEN 'error>complete' THEN ARRAY['pending', 'initializing']
    ELSE ARRAY[]::text[]
  END;

CREATE OR REPLACE FUNCTION step_via(p_from smallint, p_to smallint, p_cause smallint) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE step_state_name(p_from) || '>' || step_state_name(p_to)
    WHEN 'pending>in_progress' THEN ARRAY['enqueued']
    WHEN 'in_progress>complete' THEN
      CASE WHEN p_cause = cause('worker') THEN ARRAY['enqueued_for_orchestration'] ELSE ARRAY[]::text[] END
    WHEN 'in_progress>waiting_for_retry' THEN
      CASE WHEN p_cause = cause('worker') THEN ARRAY['enqueued_as_error_for_orchestration'] ELSE ARRAY[]::text[] END
    WHEN 'in_progress>error' THEN
      CASE WHEN p_cause = cause('worker') THEN ARRAY['enqueued_as_error_for_orchestration'] ELSE ARRAY[]::text[] END
    WHEN 'in_progress>enqueued' THEN ARRAY['waiting_for_retry', 'pending']
    WHEN 'waiting_for_retry>enqueued' THEN ARRAY['pending']
    WHEN 'error>enqueued' THEN ARRAY['pending']
    ELSE ARRAY[]::text[]
  END;

-- Of an operator's change the metadata tell the action, its reason and actor, and the authenticated subject if there was one; of a stale
-- task's, what 01 §3.6 says.
CREATE OR REPLACE VIEW task_transitions AS
SELECT history.task_uuid, history.sort_key, task_state_name(history.from_state) AS from_state,
       task_state_name(history.to_state) AS to_state,
       CASE WHEN history.cause = cause('operator') THEN
              json_build_object('via', task_via(history.from_state, history.to_state, history.cause),
                                'action', history.detail::json ->> 'action', 'reason', history.detail::json ->> 'reason',
                                'actor', history.detail::json ->> 'actor', 'subject', history.detail::json ->> 'subject')
            WHEN history.cause = cause('stale') THEN
              json_build_object('via', task_via(history.from_state, history.to_state, history.cause),
                                'reason', history.detail::json ->> 'reason', 'namespace', history.detail::json ->> 'namespace',
                                'task_name', history.detail::json ->> 'task_name',
                                'detected_at', history.detail::json ->> 'detected_at')
            ELSE json_build_object('via', task_via(history.from_state, history.to_state, history.cause)) END AS metadata,
       history.sort_key = task.version AS most_recent, history.created_at
FROM   task_history AS history JOIN tasks AS task USING (task_uuid);

CREATE OR REPLACE VIEW workflow_step_transitions AS
SELECT step_uuid(history.task_uuid, history.step_index) AS workflow_step_uuid, history.task_uuid, history.sort_key,
       step_state_name(history.from_state) AS from_state, step_state_name(history.to_state) AS to_state,
       CASE WHEN history.cause = cause('operator') THEN
              json_build_object('via', step_via(history.from_state, history.to_state, history.cause), 'worker_uuid', NULL,
                                'action', history.detail::json ->> 'action', 'reason', history.detail::json ->> 'reason',
                                'actor', history.detail::json ->> 'actor', 'subject', history.detail::json ->> 'subject')
            ELSE json_build_object('via', step_via(history.from_state, history.to_state, history.cause),
                                   'worker_uuid', session.session_uuid) END AS metadata,
       history.sort_key = step.version AS most_recent, history.created_at
FROM   step_history AS history
       JOIN workflow_steps AS step USING (task_uuid, step_index)
       LEFT JOIN worker_sessions AS session ON session.session_id = history.session_id;

-- One row per worker result; from and to are those of the deposit, whatever the step rested in. And one row per operator's action on a step,
-- of which only complete_manually brings a result.
CREATE OR REPLACE VIEW workflow_step_result_audit AS
SELECT step_uuid(history.task_uuid, history.step_index) AS workflow_step_uuid, history.task_uuid, history.sort_key,
       history.created_at AS recorded_at, session.session_uuid AS worker_uuid, request.correlation_id,
       history.to_state = step_state('complete') AS success,
       CASE WHEN history.cause = cause('worker') THEN history.execution_time_ms::bigint
            WHEN history.to_state = step_state('complete') THEN 0::bigint END AS execution_time_ms,
       CASE WHEN history.cause = cause('worker') THEN 'in_progress' ELSE step_state_name(history.from_state) END AS from_state,
       CASE WHEN history.cause = cause('operator') THEN
              CASE WHEN history.from_state = step_state('error') AND history.to_state = step_state('enqueued') THEN 'pending'
                   ELSE step_state_name(history.to_state) END
            WHEN history.to_state = step_state('complete') THEN 'enqueued_for_orchestration'
            ELSE 'enqueued_as_error_for_orchestration' END AS to_state,
       CASE WHEN history.to_state = step_state('complete') THEN step.result
            WHEN history.cause = cause('worker') THEN history.detail END AS result
FROM   step_history AS history
       JOIN workflow_steps AS step USING (task_uuid, step_index)
       JOIN task_requests AS request USING (task_uuid)
       LEFT JOIN worker_sessions AS session ON session.session_id = history.session_id
WHERE  history.cause = cause('worker') OR history.cause = cause('operator') AND history.to_state <> step_state('cancelled');

CREATE OR REPLACE VIEW workflow_step_edges AS
SELECT step_uuid(parent.task_uuid, parent.step_index) AS from_step_uuid, step_uuid(parent.task_uuid, edge.step_index) AS to_step_uuid,
       CASE WHEN child.batch_step = parent.step_index THEN 'batch_dependency'
            WHEN parent.batch_step IS NOT NULL THEN 'worker_to_convergence' ELSE 'provides' END AS name
FROM   workflow_steps AS parent
       CROSS JOIN LATERAL unnest(parent.children) AS edge(step_index)
       JOIN workflow_steps AS child ON child.task_uuid = parent.task_uuid AND child.step_index = edge.step_index
UNION ALL
-- an instance that waits for its slot, or did, is no child of its batchable step on disk
SELECT step_uuid(instance.task_uuid, instance.batch_step), step_uuid(instance.task_uuid, instance.step_index), 'batch_dependency'
FROM   workflow_steps AS instance
       JOIN workflow_steps AS parent ON parent.task_uuid = instance.task_uuid AND parent.step_index = instance.batch_step
WHERE  instance.batch_step IS NOT NULL AND NOT instance.step_index = ANY (coalesce(parent.children, '{}'));

-- Dead letters and staleness (01 §3.7, §5.4) ---------------------------------------------------------------------------

-- Unfinished tasks, with how long they have been in their state and how old they are.
CREATE OR REPLACE VIEW v_task_state_analysis AS
SELECT task.task_uuid, request.correlation_id, namespace.name AS namespace_name, namespace.task_namespace_uuid AS namespace_uuid,
       named.name AS task_name, named.named_task_uuid, template.document::json AS template_config,
       task_state_name(task.state) AS current_state, task.entered_at AS state_entered_at,
       extract(epoch FROM engine_now() - task.entered_at) / 60 AS time_in_state_minutes,
       extract(epoch FROM engine_now() - task.created_at) / 60 AS task_age_minutes, task.priority, false AS complete
FROM   tasks AS task
       JOIN task_requests AS request USING (task_uuid)
       JOIN templates AS template ON template.template_id = task.template_id
       JOIN named_tasks AS named ON named.named_task_uuid = template.named_task_uuid
       JOIN task_namespaces AS namespace ON namespace.task_namespace_uuid = named.task_namespace_uuid
WHERE  task.state < 8;

-- How near the tasks that can become stale are to it: the p_limit nearest, stale ones first, then those longest in their state. Reads as
-- many of each state and template as are asked for, however many there are.
CREATE OR REPLACE FUNCTION monitored_staleness(
  p_waiting_for_dependencies integer, p_waiting_for_retry integer, p_steps_in_process integer, p_limit bigint)
RETURNS TABLE (task_uuid uuid, namespace_name text, task_name text, current_state text, time_in_state_minutes integer,
               task_age_minutes integer, staleness_threshold_minutes integer, health_status text, priority integer)
LANGUAGE sql STABLE
SECURITY DEFINER -- for the views of readers, who see no table
SET search_path = tasker, pg_temp
SET jit = off
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
  WITH RECURSIVE present AS (
    (SELECT task.state, task.template_id FROM tasks AS task WHERE task.state < 8 ORDER BY task.state, task.template_id LIMIT 1)
    UNION ALL
    SELECT following.state, following.template_id
    FROM   present, LATERAL (SELECT task.state, task.template_id FROM tasks AS task
                             WHERE  task.state < 8 AND (task.state, task.template_id) > (present.state, present.template_id)
                             ORDER  BY task.state, task.template_id LIMIT 1) AS following
  ),
  resting AS (
    SELECT task.*, present.state, present.template_id, allowed.minutes,
           extract(epoch FROM engine_now() - task.entered_at) / 60 / allowed.minutes AS share
    FROM   present
           JOIN templates AS template ON template.template_id = present.template_id
           CROSS JOIN LATERAL (
             SELECT CASE present.state
                      WHEN task_state('waiting_for_dependencies')
                        THEN coalesce(template.waiting_for_dependencies_minutes, p_waiting_for_dependencies)
                      WHEN task_state('waiting_for_retry') THEN coalesce(template.waiting_for_retry_minutes, p_waiting_for_retry)
                      WHEN task_state('steps_in_process') THEN coalesce(template.steps_in_process_minutes, p_steps_in_process) END
           ) AS allowed(minutes)
           CROSS JOIN LATERAL (
             SELECT task.task_uuid, task.entered_at, task.created_at, task.priority FROM tasks AS task
             WHERE  task.state < 8 AND task.state = present.state AND task.template_id = present.template_id
             ORDER  BY task.entered_at LIMIT p_limit) AS task
    WHERE  allowed.minutes IS NOT NULL
  ),
  nearest AS (
    SELECT resting.*, CASE WHEN resting.share >= 1 THEN 'stale' WHEN resting.share >= 0.8 THEN 'warning' ELSE 'healthy' END AS health,
           row_number() OVER (ORDER BY resting.share < 1, resting.share < 0.8, resting.entered_at) AS place
    FROM   resting
    ORDER  BY place LIMIT p_limit
  )
  SELECT nearest.task_uuid, namespace.name, named.name, task_state_name(nearest.state), minutes_between(nearest.entered_at, engine_now()),
         minutes_between(nearest.created_at, engine_now()), nearest.minutes, nearest.health, nearest.priority
  FROM   nearest
         JOIN templates AS template ON template.template_id = nearest.template_id
         JOIN named_tasks AS named ON named.named_task_uuid = template.named_task_uuid
         JOIN task_namespaces AS namespace ON namespace.task_namespace_uuid = named.task_namespace_uuid
  ORDER  BY nearest.place
$$;

-- By the thresholds of the last sweep, the built-in ones before the first.
CREATE OR REPLACE VIEW v_task_staleness_monitoring AS
SELECT monitored.*
FROM  (SELECT 1) AS always
       LEFT JOIN staleness_sweeps AS sweep ON true
       CROSS JOIN LATERAL monitored_staleness(
         coalesce(sweep.waiting_for_dependencies_minutes, 60), coalesce(sweep.waiting_for_retry_minutes, 30),
         coalesce(sweep.steps_in_process_minutes, 30), NULL) AS monitored;

-- Per reason.
CREATE OR REPLACE VIEW v_dlq_dashboard AS
SELECT entry.dlq_reason, count(*) AS total_entries, count(*) FILTER (WHERE entry.resolution_status = 'pending') AS pending,
       count(*) FILTER (WHERE entry.resolution_status = 'manually_resolved') AS manually_resolved,
       count(*) FILTER (WHERE entry.resolution_status = 'permanently_failed') AS permanent_failures,
       count(*) FILTER (WHERE entry.resolution_status = 'cancelled') AS cancelled, min(entry.dlq_timestamp) AS oldest_entry,
       max(entry.dlq_timestamp) AS newest_entry,
       (avg(extract(epoch FROM entry.resolution_timestamp - entry.dlq_timestamp) / 60)
          FILTER (WHERE entry.resolution_status <> 'pending'))::double precision AS avg_resolution_time_minutes
FROM   tasks_dlq AS entry
GROUP  BY entry.dlq_reason;

-- Open entries, most urgent first.
CREATE OR REPLACE VIEW v_dlq_investigation_queue AS
SELECT entry.dlq_entry_uuid, entry.task_uuid, entry.original_state, entry.dlq_reason, entry.dlq_timestamp, waiting.minutes AS minutes_in_dlq,
       namespace.name AS namespace_name, named.name AS task_name, task_state_name(task.state) AS current_state,
       minutes_between(task.entered_at, engine_now()) AS time_in_state_minutes,
       CASE entry.dlq_reason WHEN 'dependency_cycle_detected' THEN 1000 WHEN 'max_retries_exceeded' THEN 500 WHEN 'staleness_timeout' THEN 100
                             WHEN 'worker_unavailable' THEN 50 ELSE 10 END + waiting.minutes AS priority_score
FROM   tasks_dlq AS entry
       CROSS JOIN LATERAL (SELECT (extract(epoch FROM engine_now() - entry.dlq_timestamp) / 60)::double precision) AS waiting(minutes)
       LEFT JOIN tasks AS task ON task.task_uuid = entry.task_uuid
       LEFT JOIN templates AS template ON template.template_id = task.template_id
       LEFT JOIN named_tasks AS named ON named.named_task_uuid = template.named_task_uuid
       LEFT JOIN task_namespaces AS namespace ON namespace.task_namespace_uuid = named.task_namespace_uuid
WHERE  entry.resolution_status = 'pending'
ORDER  BY priority_score DESC, entry.dlq_timestamp, entry.dlq_entry_uuid;
