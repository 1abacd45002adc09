-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- One piece of the walk that the nodes make together, after one another, whoever comes first: from where the last piece ended. At the end of a
-- walk it rests until something was written (as the statistics tell, a moment late).
--   p_tasks, p_steps: as in audit_piece; timers, sessions and identities are taken p_tasks at a time.
-- Returns what to look at again: a task (kind 0), a timer (1), a session (2), an identity (4); and a row of kind 3: how many tasks were recounted, and
-- whether the walk 'goes on', 'ends', or 'rests' because nothing was written, or is 'taken' by another node.
CREATE OR REPLACE FUNCTION audit_pass(p_tasks integer, p_steps integer)
RETURNS TABLE (kind integer, task_uuid uuid, step_index integer, due_at timestamptz, session_id integer, identity_hash bytea, tasks integer, walk text)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
  v_at audit_progress;
  v_changes bigint;
  v_piece record;
  v_row record;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('tasker.audit_pass')) THEN
    RETURN QUERY SELECT 3, NULL::uuid, NULL::integer, NULL::timestamptz, NULL::integer, NULL::bytea, 0, 'taken';
    RETURN;
  END IF;
  SELECT * INTO STRICT v_at FROM audit_progress;
  IF v_at.phase = 0 THEN
    SELECT sum(counted.n_tup_ins + counted.n_tup_upd + counted.n_tup_del) INTO v_changes
    FROM   pg_stat_user_tables AS counted
    WHERE  counted.schemaname = 'tasker' AND counted.relname NOT IN ('audit_progress', 'nodes', 'worker_sessions');
    IF v_changes = v_at.changes THEN
      RETURN QUERY SELECT 3, NULL::uuid, NULL::integer, NULL::timestamptz, NULL::integer, NULL::bytea, 0, 'rests';
      RETURN;
    END IF;
    v_at.phase := 1;
    v_at.task_uuid := '00000000-0000-0000-0000-000000000000';
    v_at.changes := v_changes;
  END IF;

  tasks := 0;
  IF v_at.phase = 1 THEN
    SELECT * INTO v_piece FROM audit_piece(v_at.task_uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff', p_tasks, p_steps);
    tasks := v_piece.tasks;
    kind := 0;
    FOR task_uuid IN SELECT DISTINCT audit.task_uuid
                     FROM   audit_tasks(v_at.task_uuid, coalesce(v_piece.next, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), false) AS audit LOOP
      RETURN NEXT;
    END LOOP;
    v_at.task_uuid := v_piece.next;
    IF v_at.task_uuid IS NULL THEN
      v_at.phase := 2;
      v_at.task_uuid := '00000000-0000-0000-0000-000000000000';
      v_at.step_index := 0;
      v_at.due_at := '-infinity';
    END IF;
  ELSIF v_at.phase = 2 THEN
    kind := 1;
    FOR v_row IN SELECT * FROM audit_timers(v_at.due_at, v_at.task_uuid, v_at.step_index, p_tasks) LOOP
      task_uuid := v_row.task_uuid;
      step_index := v_row.step_index;
      due_at := v_row.due_at;
      IF v_row.code IS NOT NULL THEN
        RETURN NEXT;
      ELSIF task_uuid IS NOT NULL THEN
        v_at.task_uuid := task_uuid;
        v_at.step_index := step_index;
        v_at.due_at := due_at;
      ELSE
        v_at.phase := 3;
        v_at.session_id := 0;
      END IF;
    END LOOP;
  ELSIF v_at.phase = 3 THEN
    kind := 2;
    FOR v_row IN SELECT * FROM audit_sessions(v_at.session_id, p_tasks) LOOP
      session_id := v_row.session_id;
      IF v_row.code IS NOT NULL THEN
        RETURN NEXT;
      ELSIF session_id IS NOT NULL THEN
        v_at.session_id := session_id;
      ELSE
        v_at.phase := 4;
        v_at.identity_hash := '';
      END IF;
    END LOOP;
  ELSE
    kind := 4;
    FOR v_row IN SELECT * FROM audit_identities(v_at.identity_hash, p_tasks) LOOP
      identity_hash := v_row.identity_hash;
      task_uuid := v_row.task_uuid;
      IF v_row.code IS NOT NULL THEN
        RETURN NEXT;
      ELSIF identity_hash IS NOT NULL THEN
        v_at.identity_hash := identity_hash;
      ELSE
        v_at.phase := 0;
      END IF;
    END LOOP;
  END IF;

  UPDATE audit_progress SET (phase, task_uuid, step_index, due_at, session_id, identity_hash, changes)
                          = (v_at.phase, v_at.task_uuid, v_at.step_index, v_at.due_at, v_at.session_id, v_at.identity_hash, v_at.changes);
  RETURN QUERY SELECT 3, NULL::uuid, NULL::integer, NULL::timestamptz, NULL::integer, NULL::bytea, tasks,
                      CASE WHEN v_at.phase = 0 THEN 'ends' ELSE 'goes on' END;
END $$;
