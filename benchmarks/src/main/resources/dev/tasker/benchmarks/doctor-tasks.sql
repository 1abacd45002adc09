-- A template of four steps in a row, queue 'bench.nobody', and tasks of it as the engine leaves them: those with a number in
-- [:first, :last] are finished, or wait for their first step where the number leaves no remainder by :every.
INSERT INTO tasker.task_namespaces (task_namespace_uuid, name) VALUES ('00000000-0000-7000-8000-000000000001', 'doctor') ON CONFLICT DO NOTHING;
INSERT INTO tasker.queues (namespace, callable) VALUES ('doctor', 'bench.nobody') ON CONFLICT DO NOTHING;
WITH named AS (
  INSERT INTO tasker.named_tasks (named_task_uuid, task_namespace_uuid, name, version, identity_strategy, template_id)
  VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'chain', '1.0.0', 'always_unique', 0)
  ON CONFLICT DO NOTHING RETURNING named_task_uuid)
INSERT INTO tasker.templates (named_task_uuid, content_hash, document, initial_steps)
SELECT named_task_uuid, 'chain', '{}', 4 FROM named;
UPDATE tasker.named_tasks SET template_id = (SELECT template_id FROM tasker.templates WHERE content_hash = 'chain') WHERE template_id = 0;

INSERT INTO tasker.template_steps (template_id, step_index, queue_id, parents, children, retryable, max_attempts)
SELECT template.template_id, index, queue.queue_id, least(index, 1), CASE WHEN index < 3 THEN ARRAY[index + 1] END, true, 3
FROM   tasker.templates AS template, tasker.queues AS queue, generate_series(0, 3) AS index
WHERE  template.content_hash = 'chain' AND queue.callable = 'bench.nobody'
ON CONFLICT DO NOTHING;

SELECT tasker.create_period('2020-09-01Z', '2020-10-01Z') WHERE NOT EXISTS (SELECT FROM tasker.task_periods WHERE starts_at = '2020-09-01Z');

CREATE TEMPORARY TABLE seed AS
SELECT (lpad(to_hex(1600000000000 + number), 12, '0') || '70008000000000000000')::uuid AS task_uuid, number, number % :every = 0 AS open,
       (SELECT template_id FROM tasker.templates WHERE content_hash = 'chain') AS template_id,
       (SELECT queue_id FROM tasker.queues WHERE callable = 'bench.nobody') AS queue_id
FROM   generate_series(:first, :last) AS number;

INSERT INTO tasker.task_identities SELECT sha256(task_uuid::text::bytea), task_uuid FROM seed;
INSERT INTO tasker.task_requests
SELECT task_uuid, template_id, 0, sha256(task_uuid::text::bytea), task_uuid, NULL, 'bench', 'bench', 'bench', NULL,
       '{"order": {"lines": "' || repeat('x', 370) || '"}}'
FROM   seed;
INSERT INTO tasker.tasks
SELECT task_uuid, template_id, 0, now(), 4, CASE WHEN open THEN 0 ELSE 4 END, 0, CASE WHEN open THEN 1 ELSE 0 END, 0,
       CASE WHEN open THEN 3 ELSE 8 END, CASE WHEN open THEN 1 ELSE 2 END, now(), now()
FROM   seed;
INSERT INTO tasker.task_changes
SELECT task_uuid, version, CASE version WHEN 1 THEN 0 ELSE 3 END, CASE version WHEN 1 THEN 3 ELSE 8 END, version - 1, now()
FROM   seed, generate_series(1, CASE WHEN open THEN 1 ELSE 2 END) AS version;
INSERT INTO tasker.workflow_steps (task_uuid, step_index, queue_id, template_id, template_step, total_parents, max_attempts, retryable, created_at,
                                   children,
                                   pending_parents, attempts, lease_token, state, version, entered_at, last_attempted_at, result)
SELECT task_uuid, index, queue_id, template_id, index, least(index, 1), 3, true, now(), CASE WHEN index < 3 THEN ARRAY[index + 1] END,
       CASE WHEN open THEN least(index, 1) ELSE 0 END, closed, closed, CASE WHEN NOT open THEN 6 WHEN index = 0 THEN 1 ELSE 0 END,
       CASE WHEN NOT open THEN 2 WHEN index = 0 THEN 1 ELSE 0 END, now(), CASE WHEN NOT open THEN now() END,
       CASE WHEN NOT open THEN '{"success":true,"result":{"value":"' || repeat('y', 60) || '"},"status":"completed","metadata":{"retryable":false}}' END
FROM   seed, generate_series(0, 3) AS index, LATERAL (SELECT CASE WHEN open THEN 0 ELSE 1 END) AS counted(closed);
INSERT INTO tasker.step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at, execution_time_ms)
SELECT task_uuid, index, version, CASE version WHEN 1 THEN 0 ELSE 2 END, CASE WHEN open THEN 1 WHEN version = 1 THEN 2 ELSE 6 END, version - 1,
       now(), CASE version WHEN 2 THEN 1 END
FROM   seed, generate_series(0, CASE WHEN open THEN 0 ELSE 3 END) AS index, generate_series(1, CASE WHEN open THEN 1 ELSE 2 END) AS version;
INSERT INTO tasker.ready_steps (queue_id, priority, task_uuid, step_index) SELECT queue_id, 0, task_uuid, 0 FROM seed WHERE open;
DROP TABLE seed;
