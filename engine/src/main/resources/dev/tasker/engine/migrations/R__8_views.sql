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

-- Of an operator's change the metadata tell the action, its reason and actor, and the authenticated subject if there was one.
CREATE OR REPLACE VIEW task_transitions AS
SELECT history.task_uuid, history.sort_key, task_state_name(history.from_state) AS from_state,
       task_state_name(history.to_state) AS to_state,
       CASE WHEN history.cause = cause('operator') THEN
              json_build_object('via', task_via(history.from_state, history.to_state, history.cause),
                                'action', history.detail::json ->> 'action', 'reason', history.detail::json ->> 'reason',
                                'actor', history.detail::json ->> 'actor', 'subject', history.detail::json ->> 'subject')
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
