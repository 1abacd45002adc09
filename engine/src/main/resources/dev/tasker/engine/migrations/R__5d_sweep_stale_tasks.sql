-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Finds tasks that rest too long in a state, or live too long, and does with them what their template and the configuration want (01 §5.2).

-- Whether a task that is stale for its time in steps_in_process is spared: batch workers are running, every one of them saved its progress
-- lately, and no other step has been running for longer than the task may rest (01 §5.6).
CREATE OR REPLACE FUNCTION spared_by_checkpoints(p_task uuid, p_threshold interval, p_stall interval) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
SET jit = off
SET enable_seqscan = off
AS $$
  SELECT coalesce(bool_or(running.worker)
                  AND bool_and(CASE WHEN running.worker
                                    THEN coalesce(CASE WHEN pg_input_is_valid(running.saved, 'timestamptz') THEN running.saved::timestamptz END
                                                  >= engine_now() - p_stall, false)
                                    ELSE running.entered_at > engine_now() - p_threshold END), false)
  FROM  (SELECT step.entered_at, step.batch_step IS NOT NULL OR step.checkpoint IS NOT NULL AS worker,
                CASE WHEN step.checkpoint IS JSON OBJECT THEN btrim((step.checkpoint::json -> 'timestamp')::text, '"') END AS saved
         FROM   workflow_steps AS step WHERE step.task_uuid = p_task AND step.state = step_state('in_progress')) AS running
$$;

-- One piece of a sweep: judges at most p_limit tasks, those longest in their state first, and looks at p_visits tasks of each lifetime. One
-- node sweeps at a time, and all nodes together once per p_interval; p_again goes on with a sweep that said there is more.
-- Three ways to find them, none of which reads tasks that have ended or are not yet due, whatever their number:
--   resting too long: by the index of unfinished tasks, state by state and template by template. Where nothing moves the task, from the mark
--     of the last sweep on, so that each is judged once for each time that it rests;
--   living too long: a task's uuid is its time of creation, so each sweep walks over the tasks that have come of age since the last one, and
--     leaves those that it could not judge, and those that operators put back to work, in lifetime_clocks;
--   attempts used up, if p_exhausted: blocked tasks since the mark of the last sweep.
-- Returns kind 0: a judged task; action null: its template wants it left alone; entered, failed: what was done.
-- And one row that says how it ended, with the milliseconds until the next sweep is due: kind 1, all done; 2, it was not due, or another node
-- is at it; 3, there is more to do.
CREATE OR REPLACE FUNCTION sweep_stale_tasks(
  p_again boolean, p_interval interval, p_dry_run boolean, p_limit integer, p_visits integer,
  p_waiting_for_dependencies integer, p_waiting_for_retry integer, p_steps_in_process integer, p_lifetime integer, p_stall integer,
  p_enters boolean, p_fails boolean, p_exhausted boolean)
RETURNS TABLE (kind smallint, task_uuid uuid, namespace_name text, task_name text, state smallint, minutes integer, threshold integer,
               reason text, action text, entered boolean, failed boolean, wait_ms bigint)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET jit = off
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET lock_timeout = '5s'
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := engine_now();
  v_swept timestamptz;
  v_more boolean := false;
  v_task uuid[];
  v_state smallint[] := '{}';
  v_version integer[] := '{}';
  v_entered timestamptz[] := '{}';
  v_threshold integer[] := '{}';
  v_enters boolean[] := '{}';
  v_fails boolean[] := '{}';
  v_reason text[] := '{}';
  v_walked uuid[] := '{}';
  v_group record;
  v_bound uuid;
  v_mark uuid;
  v_piece record;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('tasker.sweep_stale_tasks', 0)) THEN
    RETURN QUERY SELECT 2::smallint, NULL::uuid, NULL, NULL, NULL::smallint, NULL::integer, NULL::integer, NULL, NULL, NULL::boolean,
                        NULL::boolean, (extract(epoch FROM p_interval) * 1000)::bigint;
    RETURN;
  END IF;
  SELECT sweep.swept_at INTO v_swept FROM staleness_sweeps AS sweep;
  IF NOT p_again AND v_swept > v_now - p_interval THEN
    RETURN QUERY SELECT 2::smallint, NULL::uuid, NULL, NULL, NULL::smallint, NULL::integer, NULL::integer, NULL, NULL, NULL::boolean,
                        NULL::boolean, ceil(extract(epoch FROM least(v_swept - v_now + p_interval, p_interval)) * 1000)::bigint;
    RETURN;
  END IF;
  IF p_fails AND NOT p_dry_run AND EXISTS (SELECT FROM staleness_sweeps AS sweep WHERE NOT sweep.fails) THEN
    DELETE FROM staleness_marks AS mark WHERE mark.kind = -1; -- those that were judged and left where they are shall end now
  END IF;
  INSERT INTO staleness_sweeps AS sweep (swept_at, waiting_for_dependencies_minutes, waiting_for_retry_minutes, steps_in_process_minutes,
                                         lifetime_minutes, fails)
  VALUES (v_now, p_waiting_for_dependencies, p_waiting_for_retry, p_steps_in_process, p_lifetime, p_fails)
  ON CONFLICT (sole) DO UPDATE
  SET    swept_at = CASE WHEN p_again THEN sweep.swept_at ELSE excluded.swept_at END,
         waiting_for_dependencies_minutes = excluded.waiting_for_dependencies_minutes,
         waiting_for_retry_minutes = excluded.waiting_for_retry_minutes, steps_in_process_minutes = excluded.steps_in_process_minutes,
         lifetime_minutes = excluded.lifetime_minutes, fails = excluded.fails;

  -- resting too long
  WITH RECURSIVE present AS (  -- the pairs of state and template that have unfinished tasks, one index probe each
    (SELECT task.state, task.template_id FROM tasks AS task WHERE task.state < 8 ORDER BY task.state, task.template_id LIMIT 1)
    UNION ALL
    SELECT following.state, following.template_id
    FROM   present, LATERAL (SELECT task.state, task.template_id FROM tasks AS task
                             WHERE  task.state < 8 AND (task.state, task.template_id) > (present.state, present.template_id)
                             ORDER  BY task.state, task.template_id LIMIT 1) AS following
  ),
  due AS MATERIALIZED (
    SELECT task.task_uuid, task.state, task.version, task.entered_at, present.template_id, allowed.minutes,
           template.dead_letters_stale AND p_enters AS enters, template.fails_stale AND p_fails AS fails
    FROM   present
           JOIN templates AS template ON template.template_id = present.template_id
           CROSS JOIN LATERAL (
             SELECT CASE present.state
                      WHEN task_state('waiting_for_dependencies')
                        THEN coalesce(template.waiting_for_dependencies_minutes, p_waiting_for_dependencies)
                      WHEN task_state('waiting_for_retry') THEN coalesce(template.waiting_for_retry_minutes, p_waiting_for_retry)
                      WHEN task_state('steps_in_process') THEN coalesce(template.steps_in_process_minutes, p_steps_in_process) END
           ) AS allowed(minutes)
           LEFT JOIN staleness_marks AS mark ON mark.kind = present.state AND mark.id = present.template_id
           CROSS JOIN LATERAL (
             SELECT resting.task_uuid, resting.state, resting.version, resting.entered_at FROM tasks AS resting
             WHERE  resting.state < 8 AND resting.state = present.state AND resting.template_id = present.template_id
             AND    resting.entered_at <= v_now - allowed.minutes * interval '1 min'
             AND    resting.entered_at > CASE WHEN template.fails_stale AND p_fails THEN '-infinity'
                                              ELSE coalesce(mark.entered_at, '-infinity') END
             AND    NOT EXISTS (SELECT FROM tasks_dlq AS entry
                                WHERE entry.task_uuid = resting.task_uuid AND entry.resolution_status = 'pending')
             AND    NOT (present.state = task_state('steps_in_process') AND p_stall > 0
                         AND spared_by_checkpoints(resting.task_uuid, allowed.minutes * interval '1 min', p_stall * interval '1 min'))
             ORDER  BY resting.entered_at LIMIT p_limit) AS task
    ORDER  BY task.entered_at LIMIT p_limit
  ),
  marked AS (
    INSERT INTO staleness_marks (kind, id, entered_at)
    SELECT due.state, due.template_id, max(due.entered_at) FROM due WHERE NOT due.fails AND NOT p_dry_run
    GROUP  BY due.state, due.template_id
    ON CONFLICT (kind, id) DO UPDATE SET entered_at = excluded.entered_at
  )
  SELECT array_agg(due.task_uuid), array_agg(due.state), array_agg(due.version), array_agg(due.entered_at), array_agg(due.minutes),
         array_agg(due.enters), array_agg(due.fails), array_fill('staleness_timeout'::text, ARRAY[count(*)::integer])
  INTO   v_task, v_state, v_version, v_entered, v_threshold, v_enters, v_fails, v_reason
  FROM   due;
  v_more := coalesce(cardinality(v_task), 0) >= p_limit;

  -- living too long, by a clock of their own
  SELECT array_agg(due.task_uuid) AS task, array_agg(due.state) AS state, array_agg(due.version) AS version,
         array_agg(due.entered_at) AS entered, array_agg(due.minutes) AS threshold, array_agg(due.enters) AS enters,
         array_agg(due.fails) AS fails, array_fill('staleness_timeout'::text, ARRAY[count(*)::integer]) AS reason
  INTO   v_piece
  FROM  (SELECT task.task_uuid, task.state, task.version, task.entered_at, coalesce(template.duration_minutes, p_lifetime) AS minutes,
                template.dead_letters_stale AND p_enters AS enters, template.fails_stale AND p_fails AS fails
         FROM   lifetime_clocks AS clock
                JOIN tasks AS task ON task.task_uuid = clock.task_uuid
                JOIN templates AS template ON template.template_id = task.template_id
         WHERE  task.state IN (task_state('steps_in_process'), task_state('waiting_for_dependencies'), task_state('waiting_for_retry'))
         AND    clock.started_at <= v_now - coalesce(template.duration_minutes, p_lifetime) * interval '1 min'
         AND    task.task_uuid <> ALL (coalesce(v_task, '{}'))
         AND    NOT EXISTS (SELECT FROM tasks_dlq AS entry
                            WHERE entry.task_uuid = task.task_uuid AND entry.resolution_status = 'pending')
         ORDER  BY clock.started_at LIMIT greatest(p_limit - coalesce(cardinality(v_task), 0), 0)) AS due;
  v_task := v_task || v_piece.task;
  v_state := v_state || v_piece.state;
  v_version := v_version || v_piece.version;
  v_entered := v_entered || v_piece.entered;
  v_threshold := v_threshold || v_piece.threshold;
  v_enters := v_enters || v_piece.enters;
  v_fails := v_fails || v_piece.fails;
  v_reason := v_reason || v_piece.reason;
  v_walked := v_walked || v_piece.task;

  -- living too long, by their creation
  FOR v_group IN SELECT coalesce(template.duration_minutes, 0) AS id, min(template.created_at) AS since
                 FROM templates AS template GROUP BY coalesce(template.duration_minutes, 0) ORDER BY 1 LOOP
    v_bound := first_uuid_of(v_now - CASE v_group.id WHEN 0 THEN p_lifetime ELSE v_group.id END * interval '1 min');
    -- no further than there are tasks: a node whose clock is behind adds none below the mark
    v_bound := least(v_bound, (SELECT task.task_uuid FROM tasks AS task ORDER BY task.task_uuid DESC LIMIT 1));
    -- before its template nobody created a task, give or take what clocks may differ by
    SELECT mark.task_uuid INTO v_mark FROM staleness_marks AS mark WHERE mark.kind = -1 AND mark.id = v_group.id;
    v_mark := coalesce(v_mark, first_uuid_of(v_group.since - interval '1 hour'));
    CONTINUE WHEN v_bound IS NULL OR v_mark >= v_bound;
    IF coalesce(cardinality(v_task), 0) >= p_limit THEN
      v_more := true;
      EXIT;
    END IF;

    WITH seen AS MATERIALIZED (
      SELECT task.task_uuid, task.template_id, task.state, task.version, task.entered_at, task.created_at
      FROM   tasks AS task WHERE task.task_uuid > v_mark AND task.task_uuid <= v_bound ORDER BY task.task_uuid LIMIT p_visits
    ),
    overdue AS MATERIALIZED (
      SELECT seen.*, coalesce(template.duration_minutes, p_lifetime) AS minutes,
             template.dead_letters_stale AND p_enters AS enters, template.fails_stale AND p_fails AS fails,
             seen.created_at <= v_now - coalesce(template.duration_minutes, p_lifetime) * interval '1 min'
               AND seen.task_uuid <> ALL (coalesce(v_task, '{}'))
               AND NOT EXISTS (SELECT FROM tasks_dlq AS entry
                               WHERE entry.task_uuid = seen.task_uuid AND entry.resolution_status = 'pending') AS due
      FROM   seen
             JOIN templates AS template ON template.template_id = seen.template_id
      WHERE  seen.state IN (task_state('steps_in_process'), task_state('waiting_for_dependencies'), task_state('waiting_for_retry'))
      AND    coalesce(template.duration_minutes, 0) = v_group.id
      AND    NOT EXISTS (SELECT FROM lifetime_clocks AS clock WHERE clock.task_uuid = seen.task_uuid)
      ORDER  BY seen.task_uuid LIMIT p_limit - coalesce(cardinality(v_task), 0)
    ),
    put_off AS (  -- not of age by the database's clock, judged above, or somebody is looking into it
      INSERT INTO lifetime_clocks (task_uuid, started_at)
      SELECT overdue.task_uuid, overdue.created_at FROM overdue WHERE NOT overdue.due AND NOT p_dry_run
    )
    SELECT (SELECT count(*) FROM seen) AS seen, (SELECT seen.task_uuid FROM seen ORDER BY seen.task_uuid DESC LIMIT 1) AS seen_last,
           count(*) AS overdue, (SELECT last.task_uuid FROM overdue AS last ORDER BY last.task_uuid DESC LIMIT 1) AS overdue_last,
           array_agg(overdue.task_uuid) FILTER (WHERE overdue.due) AS task, array_agg(overdue.state) FILTER (WHERE overdue.due) AS state,
           array_agg(overdue.version) FILTER (WHERE overdue.due) AS version,
           array_agg(overdue.entered_at) FILTER (WHERE overdue.due) AS entered,
           array_agg(overdue.minutes) FILTER (WHERE overdue.due) AS threshold,
           array_agg(overdue.enters) FILTER (WHERE overdue.due) AS enters, array_agg(overdue.fails) FILTER (WHERE overdue.due) AS fails,
           array_agg('staleness_timeout'::text) FILTER (WHERE overdue.due) AS reason
    INTO   v_piece
    FROM   overdue;

    v_mark := CASE WHEN v_piece.overdue >= p_limit - coalesce(cardinality(v_task), 0) THEN v_piece.overdue_last
                   WHEN v_piece.seen >= p_visits THEN v_piece.seen_last ELSE v_bound END;
    v_more := v_more OR v_mark < v_bound;
    IF NOT p_dry_run THEN
      INSERT INTO staleness_marks (kind, id, task_uuid) VALUES (-1, v_group.id, v_mark)
      ON CONFLICT (kind, id) DO UPDATE SET task_uuid = excluded.task_uuid;
    END IF;
    v_task := v_task || v_piece.task;
    v_state := v_state || v_piece.state;
    v_version := v_version || v_piece.version;
    v_entered := v_entered || v_piece.entered;
    v_threshold := v_threshold || v_piece.threshold;
    v_enters := v_enters || v_piece.enters;
    v_fails := v_fails || v_piece.fails;
    v_reason := v_reason || v_piece.reason;
    v_walked := v_walked || v_piece.task;
  END LOOP;

  -- attempts used up; whoever began to write a minute ago has ended
  IF p_exhausted AND p_enters AND NOT p_dry_run AND coalesce(cardinality(v_task), 0) < p_limit THEN
    WITH RECURSIVE present AS (
      (SELECT task.template_id FROM tasks AS task WHERE task.state < 8 AND task.state = task_state('blocked_by_failures')
       ORDER BY task.template_id LIMIT 1)
      UNION ALL
      SELECT following.template_id
      FROM   present, LATERAL (SELECT task.template_id FROM tasks AS task
                               WHERE  task.state < 8 AND task.state = task_state('blocked_by_failures')
                               AND    task.template_id > present.template_id ORDER BY task.template_id LIMIT 1) AS following
    ),
    seen AS MATERIALIZED (
      SELECT task.*, present.template_id
      FROM   present
             LEFT JOIN staleness_marks AS mark ON mark.kind = task_state('blocked_by_failures') AND mark.id = present.template_id
             CROSS JOIN LATERAL (
               SELECT blocked.task_uuid, blocked.state, blocked.version, blocked.entered_at FROM tasks AS blocked
               WHERE  blocked.state < 8 AND blocked.state = task_state('blocked_by_failures') AND blocked.template_id = present.template_id
               AND    blocked.entered_at > coalesce(mark.entered_at, '-infinity') AND blocked.entered_at <= v_now - interval '1 min'
               ORDER  BY blocked.entered_at LIMIT p_limit) AS task
      ORDER  BY task.entered_at LIMIT p_limit - coalesce(cardinality(v_task), 0)
    ),
    marked AS (
      INSERT INTO staleness_marks (kind, id, entered_at)
      SELECT seen.state, seen.template_id, max(seen.entered_at) FROM seen GROUP BY seen.state, seen.template_id
      ON CONFLICT (kind, id) DO UPDATE SET entered_at = excluded.entered_at
    )
    SELECT array_agg(seen.task_uuid) AS task, array_agg(seen.state) AS state, array_agg(seen.version) AS version,
           array_agg(seen.entered_at) AS entered, array_fill(0, ARRAY[count(*)::integer]) AS threshold,
           array_fill(true, ARRAY[count(*)::integer]) AS enters, array_fill(false, ARRAY[count(*)::integer]) AS fails,
           array_fill('max_retries_exceeded'::text, ARRAY[count(*)::integer]) AS reason
    INTO   v_piece
    FROM   seen
    WHERE  EXISTS (SELECT FROM workflow_steps AS step WHERE step.task_uuid = seen.task_uuid AND step.state = step_state('error')
                   AND step.retryable AND step.attempts >= step.max_attempts);
    v_task := v_task || v_piece.task;
    v_state := v_state || v_piece.state;
    v_version := v_version || v_piece.version;
    v_entered := v_entered || v_piece.entered;
    v_threshold := v_threshold || v_piece.threshold;
    v_enters := v_enters || v_piece.enters;
    v_fails := v_fails || v_piece.fails;
    v_reason := v_reason || v_piece.reason;
  END IF;

  IF v_task IS NOT NULL THEN
    RETURN QUERY
    SELECT 0::smallint, i.task_uuid, namespace.name::text, named.name::text, i.state, minutes_between(i.entered_at, v_now), i.threshold,
           i.reason,
           CASE WHEN NOT (i.enters OR i.fails) THEN NULL
                WHEN p_dry_run THEN 'would_transition_to_dlq_and_error'
                WHEN done.dlq_entry_uuid IS NOT NULL AND done.failed THEN 'transitioned_to_dlq_and_error'
                WHEN done.dlq_entry_uuid IS NOT NULL THEN 'moved_to_dlq_only'
                WHEN done.failed THEN 'transitioned_to_error_only'
                ELSE 'transition_failed' END,
           done.dlq_entry_uuid IS NOT NULL, coalesce(done.failed, false), NULL::bigint
    FROM   unnest(v_task, v_state, v_version, v_entered, v_threshold, v_enters, v_fails, v_reason)
             AS i(task_uuid, state, version, entered_at, threshold, enters, fails, reason)
           JOIN tasks AS task ON task.task_uuid = i.task_uuid
           JOIN templates AS template ON template.template_id = task.template_id
           JOIN named_tasks AS named ON named.named_task_uuid = template.named_task_uuid
           JOIN task_namespaces AS namespace ON namespace.task_namespace_uuid = named.task_namespace_uuid
           LEFT JOIN (
             SELECT result.*
             FROM  (SELECT array_agg(wanted.task_uuid) AS task, array_agg(wanted.reason) AS reason, array_agg(wanted.state) AS state,
                           array_agg(wanted.version) AS version, array_agg(wanted.threshold) AS threshold,
                           array_agg(wanted.enters) AS enters, array_agg(wanted.fails) AS fails
                    FROM   unnest(v_task, v_state, v_version, v_threshold, v_enters, v_fails, v_reason)
                             AS wanted(task_uuid, state, version, threshold, enters, fails, reason)
                    WHERE  (wanted.enters OR wanted.fails) AND NOT p_dry_run) AS call,
                   dead_letter_each(call.task, call.reason, call.state, call.version, call.threshold, call.enters, call.fails) AS result
             WHERE  call.task IS NOT NULL) AS done ON done.task_uuid = i.task_uuid
    ORDER  BY i.entered_at;
  END IF;

  IF NOT p_dry_run THEN
    -- judged for its life: once, unless it was to end and did not
    INSERT INTO lifetime_clocks (task_uuid, started_at)
    SELECT task.task_uuid, task.created_at
    FROM   unnest(v_task, v_fails) AS i(task_uuid, fails)
           JOIN tasks AS task ON task.task_uuid = i.task_uuid
    WHERE  i.task_uuid = ANY (v_walked) AND i.fails AND task.state < task_state('complete')
    ON CONFLICT (task_uuid) DO NOTHING;
    DELETE FROM lifetime_clocks AS clock USING tasks AS task
    WHERE  task.task_uuid = clock.task_uuid
    AND    (task.state >= task_state('complete')
            OR clock.task_uuid = ANY (ARRAY(SELECT i.task_uuid FROM unnest(v_task, v_fails) AS i(task_uuid, fails)
                                            WHERE i.task_uuid = ANY (v_walked) AND NOT i.fails)));
  END IF;
  RETURN QUERY SELECT CASE WHEN v_more THEN 3 ELSE 1 END::smallint, NULL::uuid, NULL, NULL, NULL::smallint, NULL::integer, NULL::integer,
                      NULL, NULL, NULL::boolean, NULL::boolean, (extract(epoch FROM p_interval) * 1000)::bigint;
END $$;
