-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Figures about the system (01 §3.8, §3.9), from totals and roll-ups, and the slowest tasks and steps among the newest. Public.

-- Templates by the names people use; a template_id is one document of such a template.
CREATE OR REPLACE VIEW template_names AS
SELECT document.template_id, namespace.name AS namespace_name, named.name AS task_name, named.version, named.named_task_uuid,
       document.document
FROM   templates AS document
       JOIN named_tasks AS named USING (named_task_uuid)
       JOIN task_namespaces AS namespace USING (task_namespace_uuid);

-- The 24 counters of 01 §3.8, in its order, exact in the reader's snapshot.
CREATE OR REPLACE FUNCTION get_system_health_counts()
RETURNS TABLE (
  pending_tasks bigint, initializing_tasks bigint, enqueuing_steps_tasks bigint, steps_in_process_tasks bigint,
  evaluating_results_tasks bigint, waiting_for_dependencies_tasks bigint, waiting_for_retry_tasks bigint,
  blocked_by_failures_tasks bigint, complete_tasks bigint, error_tasks bigint, cancelled_tasks bigint,
  resolved_manually_tasks bigint, total_tasks bigint, pending_steps bigint, enqueued_steps bigint, in_progress_steps bigint,
  enqueued_for_orchestration_steps bigint, enqueued_as_error_for_orchestration_steps bigint, waiting_for_retry_steps bigint,
  complete_steps bigint, error_steps bigint, cancelled_steps bigint, resolved_manually_steps bigint, total_steps bigint)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT coalesce(c[1], 0), coalesce(c[2], 0), coalesce(c[3], 0), coalesce(c[4], 0), coalesce(c[5], 0), coalesce(c[6], 0), coalesce(c[7], 0),
         coalesce(c[8], 0), coalesce(c[9], 0), coalesce(c[10], 0), coalesce(c[11], 0), coalesce(c[12], 0),
         (SELECT coalesce(sum(n), 0)::bigint FROM unnest(c[1:12]) AS task(n)),
         coalesce(c[13], 0), coalesce(c[14], 0), coalesce(c[15], 0), coalesce(c[16], 0), coalesce(c[17], 0), coalesce(c[18], 0),
         coalesce(c[19], 0), coalesce(c[20], 0), coalesce(c[21], 0), coalesce(c[22], 0),
         (SELECT coalesce(sum(n), 0)::bigint FROM unnest(c[13:22]) AS step(n))
  FROM  (SELECT array_agg(total.entities ORDER BY slot.number) AS c
         FROM   generate_series(0, 21) AS slot(number)
                LEFT JOIN (SELECT CASE WHEN part.template_step = -1 THEN part.state ELSE part.state + 12 END AS number,
                                  sum(part.entities)::bigint AS entities
                           FROM   state_totals AS part GROUP BY 1) AS total USING (number)) AS counts
$$;

-- Roll-ups since a moment: whole minutes, and whole hours or days where minutes are no longer kept.
CREATE OR REPLACE FUNCTION rollups_since(p_since timestamptz) RETURNS SETOF rollups
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT * FROM rollups WHERE width = 0 AND begun_at >= date_trunc('minute', p_since, 'UTC')
  UNION ALL
  SELECT * FROM rollups WHERE width = 1 AND begun_at >= date_trunc('hour', p_since, 'UTC')
  UNION ALL
  SELECT * FROM rollups WHERE width = 2 AND begun_at >= date_trunc('day', p_since, 'UTC')
$$;

-- One row (01 §3.9). Tasks are judged by their state: completed, and failed for error and blocked_by_failures, of those created since.
CREATE OR REPLACE FUNCTION get_analytics_metrics(since_timestamp timestamptz DEFAULT NULL)
RETURNS TABLE (
  active_tasks_count bigint, total_namespaces_count bigint, unique_task_types_count bigint, system_health_score numeric,
  task_throughput bigint, completion_count bigint, error_count bigint, completion_rate numeric, error_rate numeric,
  avg_task_duration numeric, avg_step_duration numeric, step_throughput bigint, analysis_period_start timestamptz,
  calculated_at timestamptz)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  WITH period AS (SELECT coalesce(since_timestamp, engine_now() - interval '1 hour') AS since),
  owner AS (
    SELECT sum(total.entities) FILTER (WHERE total.state < task_state('complete')) AS active,
           count(DISTINCT named.namespace_name) FILTER (WHERE total.entities > 0) AS namespaces,
           count(DISTINCT named.task_name) FILTER (WHERE total.entities > 0) AS types
    FROM   state_totals AS total JOIN template_names AS named USING (template_id) WHERE total.template_step = -1
  ),
  hour AS (
    SELECT sum(rollup.completed) AS completed, sum(rollup.failed) AS failed
    FROM   rollups_since(engine_now() - interval '1 hour') AS rollup WHERE rollup.template_step = -1
  ),
  figure AS (
    SELECT coalesce(sum(rollup.created) FILTER (WHERE rollup.template_step = -1), 0)::bigint AS tasks,
           coalesce(sum(rollup.completed) FILTER (WHERE rollup.template_step = -1), 0)::bigint AS completed,
           coalesce(sum(rollup.failed) FILTER (WHERE rollup.template_step = -1), 0)::bigint AS failed,
           coalesce(sum(rollup.created) FILTER (WHERE rollup.template_step >= 0), 0)::bigint AS steps,
           sum(rollup.duration_ms) FILTER (WHERE rollup.template_step = -1)
             / nullif(sum(rollup.timed) FILTER (WHERE rollup.template_step = -1), 0) AS task_ms,
           sum(rollup.duration_ms) FILTER (WHERE rollup.template_step >= 0)
             / nullif(sum(rollup.timed) FILTER (WHERE rollup.template_step >= 0), 0) AS step_ms
    FROM   period, rollups_since(period.since) AS rollup
  )
  SELECT coalesce(owner.active, 0)::bigint, owner.namespaces, owner.types,
         CASE WHEN hour.completed + hour.failed > 0 THEN round(hour.completed / (hour.completed + hour.failed), 3) ELSE 1.0 END,
         figure.tasks, figure.completed, figure.failed,
         CASE WHEN figure.tasks > 0 THEN round(figure.completed * 100.0 / figure.tasks, 2) ELSE 0 END,
         CASE WHEN figure.tasks > 0 THEN round(figure.failed * 100.0 / figure.tasks, 2) ELSE 0 END,
         coalesce(round(figure.task_ms / 1000, 3), 0), coalesce(round(figure.step_ms / 1000, 3), 0), figure.steps, period.since, engine_now()
  FROM   period, owner, hour, figure
$$;

-- Durations of each template step over a period, slowest average first (01 §3.9).
CREATE OR REPLACE FUNCTION get_slowest_steps_aggregated(
  since_timestamp timestamptz DEFAULT NULL, limit_count integer DEFAULT 10, namespace_filter text DEFAULT NULL,
  task_name_filter text DEFAULT NULL, version_filter text DEFAULT NULL, min_executions integer DEFAULT 5)
RETURNS TABLE (
  namespace_name text, task_name text, version text, step_name text, average_duration_seconds numeric, max_duration_seconds numeric,
  execution_count bigint, error_count bigint, error_rate numeric, last_executed_at timestamptz)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT named.namespace_name, named.task_name, named.version, named.document::json -> 'steps' -> part.template_step ->> 'name' AS step_name,
         round(sum(part.duration_ms) / nullif(sum(part.timed), 0) / 1000, 3), round(max(part.longest_ms)::numeric / 1000, 3),
         sum(part.executions)::bigint, sum(part.errors)::bigint, round(sum(part.errors) / sum(part.executions), 4), max(part.last_at)
  FROM  (SELECT rollup.template_id, rollup.template_step, sum(rollup.duration_ms) AS duration_ms, sum(rollup.timed) AS timed,
                max(rollup.duration_max_ms) AS longest_ms, sum(rollup.executions) AS executions, sum(rollup.errors) AS errors,
                max(rollup.last_at) AS last_at
         FROM   rollups_since(coalesce(since_timestamp, engine_now() - interval '1 day')) AS rollup
         WHERE  rollup.template_step >= 0 AND rollup.executions > 0
         GROUP  BY rollup.template_id, rollup.template_step) AS part
         JOIN template_names AS named USING (template_id)
  WHERE  (namespace_filter IS NULL OR named.namespace_name = namespace_filter)
  AND    (task_name_filter IS NULL OR named.task_name = task_name_filter)
  AND    (version_filter IS NULL OR named.version = version_filter)
  GROUP  BY 1, 2, 3, 4 HAVING sum(part.executions) >= min_executions
  ORDER  BY 5 DESC, 1, 2, 3, 4 LIMIT limit_count
$$;

-- The same by template. error_count counts steps in error, so that the rate, per task, may exceed 1.
CREATE OR REPLACE FUNCTION get_slowest_tasks_aggregated(
  since_timestamp timestamptz DEFAULT NULL, limit_count integer DEFAULT 10, namespace_filter text DEFAULT NULL,
  task_name_filter text DEFAULT NULL, version_filter text DEFAULT NULL, min_executions integer DEFAULT 5)
RETURNS TABLE (
  namespace_name text, task_name text, version text, average_duration_seconds numeric, max_duration_seconds numeric,
  execution_count bigint, average_step_count numeric, total_error_steps bigint, error_rate numeric, last_executed_at timestamptz)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT named.namespace_name, named.task_name, named.version,
         coalesce(round(sum(part.duration_ms) / nullif(sum(part.timed), 0) / 1000, 3), 0), round(max(part.longest_ms)::numeric / 1000, 3),
         sum(part.executions)::bigint, coalesce(round(sum(part.steps) / nullif(sum(part.executions - part.errors), 0), 2), 0),
         sum(part.error_steps)::bigint, round(sum(part.error_steps) / sum(part.executions), 4), max(part.last_at)
  FROM  (SELECT rollup.template_id,
                sum(rollup.duration_ms) FILTER (WHERE rollup.template_step = -1) AS duration_ms,
                sum(rollup.timed) FILTER (WHERE rollup.template_step = -1) AS timed,
                max(rollup.duration_max_ms) FILTER (WHERE rollup.template_step = -1) AS longest_ms,
                sum(rollup.executions) FILTER (WHERE rollup.template_step = -1) AS executions,
                sum(rollup.errors) FILTER (WHERE rollup.template_step = -1) AS errors,
                sum(rollup.steps) FILTER (WHERE rollup.template_step = -1) AS steps,
                coalesce(sum(rollup.errors) FILTER (WHERE rollup.template_step >= 0), 0) AS error_steps,
                max(rollup.last_at) AS last_at
         FROM   rollups_since(coalesce(since_timestamp, engine_now() - interval '1 day')) AS rollup
         GROUP  BY rollup.template_id) AS part
         JOIN template_names AS named USING (template_id)
  WHERE  (namespace_filter IS NULL OR named.namespace_name = namespace_filter)
  AND    (task_name_filter IS NULL OR named.task_name = task_name_filter)
  AND    (version_filter IS NULL OR named.version = version_filter)
  GROUP  BY 1, 2, 3 HAVING sum(part.executions) > 0 AND sum(part.executions) >= min_executions
  ORDER  BY 4 DESC, 1, 2, 3 LIMIT limit_count
$$;

-- The newest 10 000 tasks created since, of the templates named. Newest first by uuid, which is made of the time.
CREATE OR REPLACE FUNCTION newest_tasks(p_since timestamptz, p_namespace text, p_name text, p_version text)
RETURNS TABLE (task_uuid uuid)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT task.task_uuid
  FROM   template_names AS named
         CROSS JOIN LATERAL generate_series(0, 11) AS listed(state)
         CROSS JOIN LATERAL (SELECT task.task_uuid FROM tasks AS task
                             WHERE  task.state = listed.state::smallint AND task.template_id = named.template_id
                             AND    task.task_uuid >= uuid_at(p_since)
                             ORDER  BY task.task_uuid DESC LIMIT 10000) AS task
  WHERE  (p_namespace IS NULL OR named.namespace_name = p_namespace)
  AND    (p_name IS NULL OR named.task_name = p_name)
  AND    (p_version IS NULL OR named.version = p_version)
  ORDER  BY task.task_uuid DESC LIMIT 10000
$$;

-- The slowest complete steps among the newest 10 000 tasks of those created since (01 §3.9).
CREATE OR REPLACE FUNCTION get_slowest_steps(
  since_timestamp timestamptz DEFAULT NULL, limit_count integer DEFAULT 10, namespace_filter text DEFAULT NULL,
  task_name_filter text DEFAULT NULL, version_filter text DEFAULT NULL)
RETURNS TABLE (
  workflow_step_uuid uuid, task_uuid uuid, step_name text, task_name text, namespace_name text, version text, duration_seconds numeric,
  attempts integer, created_at timestamptz, completed_at timestamptz, retryable boolean, step_status text)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT step_uuid(slow.task_uuid, slow.step_index), slow.task_uuid,
         coalesce(slow.name, named.document::json -> 'steps' -> slow.template_step ->> 'name'), named.task_name, named.namespace_name,
         named.version, round(date_part('epoch', slow.duration)::numeric, 3), slow.attempts, slow.created_at, slow.entered_at, slow.retryable,
         'complete'
  FROM  (SELECT step.*, step.entered_at - step.created_at AS duration
         FROM   newest_tasks(coalesce(since_timestamp, engine_now() - interval '1 day'), namespace_filter, task_name_filter, version_filter)
                  AS newest
                JOIN workflow_steps AS step ON step.task_uuid = newest.task_uuid
         WHERE  step.state = step_state('complete') AND step.entered_at > step.created_at
         ORDER  BY duration DESC, step.task_uuid, step.step_index LIMIT limit_count) AS slow
         JOIN template_names AS named USING (template_id)
  ORDER  BY slow.duration DESC, slow.task_uuid, slow.step_index
$$;

-- The slowest complete or failed tasks among the newest 10 000 of those created since (01 §3.9).
CREATE OR REPLACE FUNCTION get_slowest_tasks(
  since_timestamp timestamptz DEFAULT NULL, limit_count integer DEFAULT 10, namespace_filter text DEFAULT NULL,
  task_name_filter text DEFAULT NULL, version_filter text DEFAULT NULL)
RETURNS TABLE (
  task_uuid uuid, task_name text, namespace_name text, version text, duration_seconds numeric, step_count bigint, completed_steps bigint,
  error_steps bigint, created_at timestamptz, completed_at timestamptz, initiator text, source_system text)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT slow.task_uuid, named.task_name, named.namespace_name, named.version, round(date_part('epoch', slow.duration)::numeric, 3),
         slow.total_steps, slow.satisfied_steps, slow.failed_steps, slow.created_at, slow.entered_at, slow.initiator, slow.source_system
  FROM  (SELECT task.*, request.initiator, request.source_system, task.entered_at - task.created_at AS duration
         FROM   newest_tasks(coalesce(since_timestamp, engine_now() - interval '1 day'), namespace_filter, task_name_filter, version_filter)
                  AS newest
                JOIN tasks AS task ON task.task_uuid = newest.task_uuid
                JOIN task_requests AS request ON request.task_uuid = newest.task_uuid
         WHERE  task.state IN (task_state('complete'), task_state('error'), task_state('blocked_by_failures'))
         AND    task.entered_at > task.created_at
         ORDER  BY duration DESC, task.task_uuid LIMIT limit_count) AS slow
         JOIN template_names AS named USING (template_id)
  ORDER  BY slow.duration DESC, slow.task_uuid
$$;

-- What a part of the durations over a period was not above, in seconds and in the order of p_fractions: of tasks of a template, or of one of
-- its steps. At most 9.1 % off, as durations are kept by size class. Nulls when there is none.
CREATE OR REPLACE FUNCTION get_duration_percentiles(
  p_since timestamptz, p_fractions float8[], p_namespace text, p_name text, p_version text, p_step text DEFAULT NULL)
RETURNS float8[]
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  WITH source AS (
    SELECT named.template_id, -1 AS template_step
    FROM   template_names AS named
    WHERE  named.namespace_name = p_namespace AND named.task_name = p_name AND named.version = p_version AND p_step IS NULL
    UNION ALL
    SELECT named.template_id, definition.number::integer - 1
    FROM   template_names AS named
           CROSS JOIN LATERAL json_array_elements(named.document::json -> 'steps') WITH ORDINALITY AS definition(step, number)
    WHERE  named.namespace_name = p_namespace AND named.task_name = p_name AND named.version = p_version
    AND    definition.step ->> 'name' = p_step
  ),
  class AS (
    SELECT durations.bucket, sum(durations.entities) AS entities
    FROM   source JOIN rollup_durations AS durations USING (template_id, template_step)
    WHERE  durations.begun_at >= date_trunc(CASE durations.width WHEN 0 THEN 'minute' WHEN 1 THEN 'hour' ELSE 'day' END, p_since, 'UTC')
    GROUP  BY durations.bucket
  ),
  running AS (
    SELECT class.bucket, sum(class.entities) OVER (ORDER BY class.bucket) AS up_to, sum(class.entities) OVER () AS total FROM class
  )
  SELECT array_agg((SELECT rollup_bucket_ms(min(running.bucket)) / 1000 FROM running WHERE running.up_to >= wanted.fraction * running.total)
                   ORDER BY wanted.number)
  FROM   unnest(p_fractions) WITH ORDINALITY AS wanted(fraction, number)
$$;
