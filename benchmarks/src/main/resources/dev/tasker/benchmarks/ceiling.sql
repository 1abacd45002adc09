-- Moves batches of n tasks of the one registered template from creation to their end for so many seconds: a commit for the creations,
-- then one per round of results, each round reporting every step that the last one leased and accepting its successors.
CREATE SEQUENCE IF NOT EXISTS tasker.ceiling_batch;
INSERT INTO tasker.worker_sessions (session_uuid, node_uuid, worker_name, in_process, lease_duration, created_at, expires_at)
SELECT gen_random_uuid(), gen_random_uuid(), 'ceiling', true, '1 day', now(), now() + interval '1 day' FROM generate_series(1, 2);

-- A task uuid: v7, the last 20 bits zero.
CREATE OR REPLACE FUNCTION tasker.ceiling_uuid() RETURNS uuid LANGUAGE sql VOLATILE RETURN
  (substr(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
          || substr(replace(gen_random_uuid()::text, '-', ''), 14, 14), 1, 27) || '00000')::uuid;

CREATE OR REPLACE PROCEDURE tasker.ceiling(n integer, seconds integer) LANGUAGE plpgsql AS $$
DECLARE
  v_end timestamptz := clock_timestamp() + seconds * interval '1 s';
  v_template integer := (SELECT max(template_id) FROM tasker.templates);
  v_session integer := (SELECT min(session_id) FROM tasker.worker_sessions WHERE worker_name = 'ceiling');
  v_result text := '{"success":true,"result":1296,"status":"completed","metadata":{"execution_time_ms":1,'
                || '"completed_at":"2026-01-01T00:00:00.000Z","worker_id":"ceiling"}}';
  v_context text := '{"even_number":6,"pad":"' || repeat('x', 370) || '"}';
  v_new uuid[];
  v_task uuid[];
  v_step integer[];
  v_token integer[];
  v_next_task uuid[];
  v_next_step integer[];
BEGIN
  WHILE clock_timestamp() < v_end LOOP
    SELECT array_agg(tasker.ceiling_uuid()) INTO v_new FROM generate_series(1, n);
    PERFORM tasker.create_tasks(nextval('tasker.ceiling_batch'), '{}', v_new, array_fill(v_template, ARRAY[n]),
      array_fill(0, ARRAY[n]), (SELECT array_agg(sha256(id::text::bytea)) FROM unnest(v_new) AS id), v_new, NULL,
      array_fill('bench'::text, ARRAY[n]), array_fill('bench'::text, ARRAY[n]), array_fill('bench'::text, ARRAY[n]), NULL,
      array_fill(v_context, ARRAY[n]), array_fill(v_session, ARRAY[n]));
    COMMIT;
    SELECT array_agg(id), array_agg(root.step_index), array_agg(1) INTO v_task, v_step, v_token
    FROM   unnest(v_new) AS id, tasker.template_steps AS root WHERE root.template_id = v_template AND root.parents = 0;
    WHILE v_task IS NOT NULL LOOP
      -- the children of what is reported, as a node knows them from its plan
      SELECT array_agg(next.task_uuid), array_agg(next.step_index) INTO v_next_task, v_next_step
      FROM  (SELECT DISTINCT done.task_uuid, child.step_index
             FROM   unnest(v_task, v_step) AS done(task_uuid, step_index)
                    JOIN tasker.template_steps AS planned ON planned.template_id = v_template AND planned.step_index = done.step_index,
                    unnest(planned.children) AS child(step_index)) AS next;
      WITH answer AS (
        SELECT * FROM tasker.complete_steps(nextval('tasker.ceiling_batch'), '{}', v_task, v_step, v_token,
          array_fill(v_session, ARRAY[cardinality(v_task)]), array_fill(0::smallint, ARRAY[cardinality(v_task)]),
          array_fill(0, ARRAY[cardinality(v_task)]), array_fill(1, ARRAY[cardinality(v_task)]),
          array_fill(v_result, ARRAY[cardinality(v_task)]), '{}', v_next_task, v_next_step,
          CASE WHEN v_next_task IS NOT NULL THEN array_fill(v_session, ARRAY[cardinality(v_next_task)]) END))
      SELECT array_agg(task_uuid), array_agg(step_index), array_agg(token) INTO v_task, v_step, v_token
      FROM   answer WHERE kind = 1;
      COMMIT;
    END LOOP;
  END LOOP;
END $$;
