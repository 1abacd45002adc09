-- Locks: SHARE ROW EXCLUSIVE on tasks, workflow_steps and the doors of both histories while triggers are replaced (writers wait), ACCESS EXCLUSIVE on views.
-- Cost: milliseconds, whatever the tables hold.
-- Roll-ups: every change of state is fed by the transaction that makes it and folded later by one node at a time (decision record 015).

-- The size class of a duration: class 0 is less than a millisecond, class b holds [2^((b-1)/4), 2^(b/4)) ms.
CREATE OR REPLACE FUNCTION rollup_bucket(p_ms integer) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN p_ms < 1 THEN 0 ELSE 1 + floor(4 * ln(p_ms::float8) / ln(2::float8)) END::smallint;

-- What stands for the durations of a class, in ms: its geometric middle, at most 9.1 % away from any of them.
CREATE OR REPLACE FUNCTION rollup_bucket_ms(p_bucket smallint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN p_bucket = 0 THEN 0.5 ELSE power(2, (p_bucket - 0.5) / 4) END;

-- Feeds what was inserted into step_changes or task_changes: one row per template, definition and pair of states. Whoever inserts into the
-- histories themselves feeds in the same statement, which is cheaper: create_tasks, complete_steps and claim_steps. (A trigger on the histories
-- would cost them, too, even one that does not fire: its transition table is filled before its WHEN is asked.)
CREATE OR REPLACE FUNCTION feed_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tasker.rollup_feed (changed_at, template_id, template_step, from_state, to_state, entities, ages)
  SELECT entry.created_at, step.template_id, step.template_step, entry.from_state, entry.to_state, count(*),
         array_agg(tasker.rollup_age(step.created_at, entry.created_at))
           FILTER (WHERE entry.to_state IN (tasker.step_state('complete'), tasker.step_state('error')))
  FROM   entry JOIN tasker.workflow_steps AS step ON step.task_uuid = entry.task_uuid AND step.step_index = entry.step_index
  GROUP  BY entry.created_at, step.template_id, step.template_step, entry.from_state, entry.to_state;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION feed_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tasker.rollup_feed (changed_at, template_id, template_step, from_state, to_state, entities, ages, steps)
  SELECT entry.created_at, task.template_id, -1, CASE WHEN entry.sort_key > 1 THEN entry.from_state END, entry.to_state, count(*),
         array_agg(tasker.rollup_age(task.created_at, entry.created_at))
           FILTER (WHERE entry.to_state BETWEEN tasker.task_state('blocked_by_failures') AND tasker.task_state('error')
                   OR entry.from_state BETWEEN tasker.task_state('blocked_by_failures') AND tasker.task_state('error')),
         sum(task.total_steps) FILTER (WHERE entry.to_state = tasker.task_state('complete'))
  FROM   entry JOIN tasker.tasks AS task ON task.task_uuid = entry.task_uuid
  GROUP  BY entry.created_at, task.template_id, CASE WHEN entry.sort_key > 1 THEN entry.from_state END, entry.to_state;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER feed_rollups AFTER INSERT ON step_changes REFERENCING NEW TABLE AS entry
  FOR EACH STATEMENT EXECUTE FUNCTION feed_steps();
CREATE OR REPLACE TRIGGER feed_rollups AFTER INSERT ON task_changes REFERENCING NEW TABLE AS entry
  FOR EACH STATEMENT EXECUTE FUNCTION feed_tasks();

-- Tasks and steps that are removed leave the totals; what they did stays in the roll-ups.
CREATE OR REPLACE FUNCTION feed_removed_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tasker.rollup_feed (changed_at, template_id, template_step, from_state, entities)
  SELECT tasker.engine_now(), removed.template_id, -1, removed.state, count(*) FROM removed GROUP BY removed.template_id, removed.state;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION feed_removed_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tasker.rollup_feed (changed_at, template_id, template_step, from_state, entities)
  SELECT tasker.engine_now(), removed.template_id, removed.template_step, removed.state, count(*)
  FROM   removed GROUP BY removed.template_id, removed.template_step, removed.state;
  RETURN NULL;
END $$;

-- The same for rows that go without being deleted one by one. Whoever drops a range of tasks calls both in the transaction that does it, after
-- nothing in the range can change any more.
CREATE OR REPLACE FUNCTION feed_dropped_tasks(p_from uuid, p_to uuid) RETURNS void LANGUAGE sql
SET search_path = tasker, pg_temp
AS $$
  INSERT INTO rollup_feed (changed_at, template_id, template_step, from_state, entities)
  SELECT engine_now(), task.template_id, -1, task.state, count(*)
  FROM   tasks AS task WHERE task.task_uuid >= p_from AND task.task_uuid < p_to GROUP BY task.template_id, task.state
$$;

CREATE OR REPLACE FUNCTION feed_dropped_steps(p_from uuid, p_to uuid) RETURNS void LANGUAGE sql
SET search_path = tasker, pg_temp
AS $$
  INSERT INTO rollup_feed (changed_at, template_id, template_step, from_state, entities)
  SELECT engine_now(), step.template_id, step.template_step, step.state, count(*)
  FROM   workflow_steps AS step WHERE step.task_uuid >= p_from AND step.task_uuid < p_to
  GROUP  BY step.template_id, step.template_step, step.state
$$;

CREATE OR REPLACE FUNCTION feed_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'tasks' THEN
    PERFORM tasker.feed_dropped_tasks('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  ELSE
    PERFORM tasker.feed_dropped_steps('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER feed_removed AFTER DELETE ON tasks REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION feed_removed_tasks();
CREATE OR REPLACE TRIGGER feed_removed AFTER DELETE ON workflow_steps REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION feed_removed_steps();
CREATE OR REPLACE TRIGGER feed_truncated BEFORE TRUNCATE ON tasks FOR EACH STATEMENT EXECUTE FUNCTION feed_truncated();
CREATE OR REPLACE TRIGGER feed_truncated BEFORE TRUNCATE ON workflow_steps FOR EACH STATEMENT EXECUTE FUNCTION feed_truncated();

-- What each row of the feed adds to the totals.
CREATE OR REPLACE VIEW rollup_feed_changes AS
SELECT feed.position, feed.template_id, feed.template_step, feed.to_state AS state, feed.entities::bigint AS entities
FROM   rollup_feed AS feed WHERE feed.to_state IS NOT NULL
UNION ALL
SELECT feed.position, feed.template_id, feed.template_step, feed.from_state, -feed.entities::bigint
FROM   rollup_feed AS feed WHERE feed.from_state IS NOT NULL
UNION ALL
-- a new task brings the steps of its template
SELECT feed.position, feed.template_id, planned.step_index, step_state('pending'), feed.entities::bigint
FROM   rollup_feed AS feed JOIN template_steps AS planned ON planned.template_id = feed.template_id
WHERE  feed.template_step = -1 AND feed.from_state IS NULL AND feed.to_state IS NOT NULL;

-- How many tasks (template_step -1) and steps of each template are in each state, exactly: what is folded and what is not, in the snapshot of
-- the reader.
CREATE OR REPLACE VIEW state_totals AS
SELECT part.template_id, part.template_step, part.state, sum(part.entities)::bigint AS entities
FROM  (SELECT total.template_id, total.template_step, total.state, total.entities FROM rollup_totals AS total
       UNION ALL
       SELECT change.template_id, change.template_step, change.state, change.entities
       FROM   rollup_feed_changes AS change WHERE change.position > (SELECT progress.low FROM rollup_progress AS progress)) AS part
GROUP  BY part.template_id, part.template_step, part.state;

-- Folds up to p_limit rows of the feed into totals and roll-ups, in one transaction; how many it folded, -1 when another node is at it.
-- Ten minutes after the last time it also moves old minutes into hours, old hours into days, and drops days older than p_keep_days.
CREATE OR REPLACE FUNCTION fold_rollups(p_limit integer, p_keep_minutes interval, p_keep_hours interval, p_keep_days interval)
RETURNS integer
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := engine_now();
  v_minutes_from timestamptz := date_trunc('hour', v_now - p_keep_minutes, 'UTC');
  v_hours_from timestamptz := date_trunc('day', v_now - p_keep_hours, 'UTC');
  v_progress rollup_progress;
  v_positions bigint[];
  v_oldest xid8;
  v_folded integer;
BEGIN
  SELECT * INTO v_progress FROM rollup_progress FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN -1;
  END IF;

  -- from here on the rows are named by their positions: others may be committed at any moment
  SELECT coalesce(array_agg(feed.position), '{}'), pg_snapshot_xmin(pg_current_snapshot()) INTO v_positions, v_oldest
  FROM  (SELECT position FROM rollup_feed WHERE position > v_progress.low ORDER BY position LIMIT p_limit) AS feed;
  v_folded := cardinality(v_positions);

  IF v_folded > 0 THEN
    -- Rows are read once and grouped before anything is done with them: a pass takes thousands, of a few kinds.
    WITH taken AS MATERIALIZED (
      DELETE FROM rollup_feed AS feed WHERE feed.position = ANY (v_positions)
      RETURNING date_bin('1 minute', feed.changed_at, 'epoch') AS minute, feed.*
    ),
    feed AS MATERIALIZED (
      SELECT minute, template_id, template_step, from_state, to_state, template_step = -1 AS of_tasks, sum(entities) AS entities,
             sum(steps) AS steps, max(changed_at) AS last_at
      FROM   taken GROUP BY minute, template_id, template_step, from_state, to_state
    ),
    aged AS MATERIALIZED (
      SELECT taken.minute, taken.template_id, taken.template_step, taken.to_state, age.ms, count(*) AS entities
      FROM   taken, unnest(taken.ages) AS age(ms)
      WHERE  CASE WHEN taken.template_step = -1 THEN taken.to_state IN (task_state('complete'), task_state('error'))
                  ELSE taken.to_state IN (step_state('complete'), step_state('error')) END
      GROUP  BY taken.minute, taken.template_id, taken.template_step, taken.to_state, age.ms
    ),
    outcome AS (
      SELECT feed.*,
             CASE WHEN of_tasks THEN to_state = task_state('complete') ELSE to_state = step_state('complete') END AS succeeded,
             CASE WHEN of_tasks
                  THEN to_state IN (task_state('blocked_by_failures'), task_state('error'))
                       AND coalesce(from_state NOT IN (task_state('blocked_by_failures'), task_state('error')), true)
                  ELSE to_state = step_state('error') END AS failed
      FROM   feed
    ),
    total AS (
      INSERT INTO rollup_totals AS total (template_id, template_step, state, entities)
      SELECT change.template_id, change.template_step, change.state, sum(change.entities)
      FROM  (SELECT template_id, template_step, to_state AS state, entities FROM feed WHERE to_state IS NOT NULL
             UNION ALL
             SELECT template_id, template_step, from_state, -entities FROM feed WHERE from_state IS NOT NULL
             UNION ALL
             -- a new task brings the steps of its template
             SELECT feed.template_id, planned.step_index, step_state('pending'), feed.entities
             FROM   feed JOIN template_steps AS planned ON planned.template_id = feed.template_id
             WHERE  feed.of_tasks AND feed.from_state IS NULL AND feed.to_state IS NOT NULL) AS change
      GROUP  BY change.template_id, change.template_step, change.state HAVING sum(change.entities) <> 0
      ON CONFLICT (template_id, template_step, state) DO UPDATE SET entities = total.entities + excluded.entities
    ),
    duration AS (
      INSERT INTO rollup_durations AS durations (width, begun_at, template_id, template_step, bucket, entities)
      SELECT span.width, span.begun_at, aged.template_id, aged.template_step, rollup_bucket(aged.ms), sum(aged.entities)
      FROM   aged CROSS JOIN LATERAL rollup_span(aged.minute, v_minutes_from, v_hours_from) AS span
      GROUP  BY span.width, span.begun_at, aged.template_id, aged.template_step, rollup_bucket(aged.ms)
      ON CONFLICT (width, begun_at, template_id, template_step, bucket) DO UPDATE SET entities = durations.entities + excluded.entities
    ),
    fact AS (
      -- what was created
      SELECT minute, template_id, template_step, entities AS created, 0::bigint AS completed, 0::bigint AS failed, 0::bigint AS executions,
             0::bigint AS errors, 0::bigint AS retries, 0::bigint AS timed, 0::bigint AS duration_ms, 0 AS duration_max_ms,
             0::bigint AS steps, NULL::timestamptz AS last_at
      FROM   feed WHERE from_state IS NULL AND to_state IS NOT NULL
      UNION ALL
      SELECT feed.minute, feed.template_id, planned.step_index, feed.entities, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL
      FROM   feed JOIN template_steps AS planned ON planned.template_id = feed.template_id
      WHERE  feed.of_tasks AND feed.from_state IS NULL
      UNION ALL
      -- where the tasks of a minute are now
      SELECT date_bin('1 minute', taken.changed_at - age.ms * interval '1 ms', 'epoch'), taken.template_id, -1, 0,
             sum((taken.to_state = task_state('complete'))::integer - coalesce(taken.from_state = task_state('complete'), false)::integer),
             sum((taken.to_state IN (task_state('blocked_by_failures'), task_state('error')))::integer
                 - coalesce(taken.from_state IN (task_state('blocked_by_failures'), task_state('error')), false)::integer),
             0, 0, 0, 0, 0, 0, 0, NULL
      FROM   taken, unnest(taken.ages) AS age(ms) WHERE taken.template_step = -1
      GROUP  BY 1, 2
      UNION ALL
      -- outcomes
      SELECT minute, template_id, template_step, 0, 0, 0, entities, CASE WHEN failed THEN entities ELSE 0 END, 0,
             0, 0, 0, coalesce(steps, 0), last_at
      FROM   outcome WHERE succeeded OR failed
      UNION ALL
      SELECT minute, template_id, template_step, 0, 0, 0, 0, 0, entities, 0, 0, 0, 0, NULL
      FROM   feed WHERE NOT of_tasks AND to_state = step_state('waiting_for_retry')
      UNION ALL
      SELECT minute, template_id, template_step, 0, 0, 0, 0, 0, 0, sum(entities), sum(ms * entities), max(ms), 0, NULL
      FROM   aged GROUP BY minute, template_id, template_step
    )
    INSERT INTO rollups AS rollup (width, begun_at, template_id, template_step, created, completed, failed, executions, errors, retries,
                                   timed, duration_ms, duration_max_ms, steps, last_at)
    SELECT span.width, span.begun_at, fact.template_id, fact.template_step, sum(fact.created), sum(fact.completed), sum(fact.failed),
           sum(fact.executions), sum(fact.errors), sum(fact.retries), sum(fact.timed), sum(fact.duration_ms), max(fact.duration_max_ms),
           sum(fact.steps), max(fact.last_at)
    FROM   fact CROSS JOIN LATERAL rollup_span(fact.minute, v_minutes_from, v_hours_from) AS span
    GROUP  BY span.width, span.begun_at, fact.template_id, fact.template_step
    ON CONFLICT (width, begun_at, template_id, template_step) DO UPDATE
    SET    created = rollup.created + excluded.created, completed = rollup.completed + excluded.completed,
           failed = rollup.failed + excluded.failed, executions = rollup.executions + excluded.executions,
           errors = rollup.errors + excluded.errors, retries = rollup.retries + excluded.retries, timed = rollup.timed + excluded.timed,
           duration_ms = rollup.duration_ms + excluded.duration_ms,
           duration_max_ms = greatest(rollup.duration_max_ms, excluded.duration_max_ms), steps = rollup.steps + excluded.steps,
           last_at = greatest(rollup.last_at, excluded.last_at);
  END IF;

  IF v_progress.compacted_at < v_now - interval '10 minutes' THEN
    PERFORM compact_rollups(0, v_minutes_from, v_hours_from);
    PERFORM compact_rollups(1, v_minutes_from, v_hours_from);
    DELETE FROM rollups WHERE width = 2 AND begun_at < date_trunc('day', v_now - p_keep_days, 'UTC');
    DELETE FROM rollup_durations WHERE width = 2 AND begun_at < date_trunc('day', v_now - p_keep_days, 'UTC');
    v_progress.compacted_at := v_now;
  END IF;

  IF v_oldest >= v_progress.horizon THEN
    -- everything up to before was visible above; what of it exceeded the limit is left for the next pass
    v_progress.low := CASE WHEN v_folded < p_limit THEN v_progress.before
                           ELSE least(v_progress.before, (SELECT max(position) FROM unnest(v_positions) AS seen(position))) END;
    v_progress.before := v_progress.newest;
    v_progress.horizon := pg_current_xact_id();
  END IF;
  UPDATE rollup_progress
  SET    low = v_progress.low, before = v_progress.before, horizon = v_progress.horizon, compacted_at = v_progress.compacted_at,
         newest = greatest(v_progress.newest, (SELECT max(position) FROM unnest(v_positions) AS seen(position)));
  RETURN v_folded;
END $$;

-- The roll-up in which a moment is counted.
CREATE OR REPLACE FUNCTION rollup_span(p_at timestamptz, p_minutes_from timestamptz, p_hours_from timestamptz, OUT width smallint,
                                       OUT begun_at timestamptz)
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (CASE WHEN p_at >= p_minutes_from THEN 0 WHEN p_at >= p_hours_from THEN 1 ELSE 2 END::smallint,
   date_trunc(CASE WHEN p_at >= p_minutes_from THEN 'minute' WHEN p_at >= p_hours_from THEN 'hour' ELSE 'day' END, p_at, 'UTC'));

-- Moves roll-ups of one width that are too old for it into the next one. Called by the fold only.
CREATE OR REPLACE FUNCTION compact_rollups(p_width integer, p_minutes_from timestamptz, p_hours_from timestamptz) RETURNS void
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  WITH old AS (
    DELETE FROM rollups WHERE width = p_width AND begun_at < CASE p_width WHEN 0 THEN p_minutes_from ELSE p_hours_from END RETURNING *
  )
  INSERT INTO rollups AS rollup (width, begun_at, template_id, template_step, created, completed, failed, executions, errors, retries,
                                 timed, duration_ms, duration_max_ms, steps, last_at)
  SELECT span.width, span.begun_at, old.template_id, old.template_step, sum(old.created), sum(old.completed), sum(old.failed),
         sum(old.executions), sum(old.errors), sum(old.retries), sum(old.timed), sum(old.duration_ms), max(old.duration_max_ms),
         sum(old.steps), max(old.last_at)
  FROM   old CROSS JOIN LATERAL rollup_span(old.begun_at, p_minutes_from, p_hours_from) AS span
  GROUP  BY span.width, span.begun_at, old.template_id, old.template_step
  ON CONFLICT (width, begun_at, template_id, template_step) DO UPDATE
  SET    created = rollup.created + excluded.created, completed = rollup.completed + excluded.completed,
         failed = rollup.failed + excluded.failed, executions = rollup.executions + excluded.executions,
         errors = rollup.errors + excluded.errors, retries = rollup.retries + excluded.retries, timed = rollup.timed + excluded.timed,
         duration_ms = rollup.duration_ms + excluded.duration_ms,
         duration_max_ms = greatest(rollup.duration_max_ms, excluded.duration_max_ms), steps = rollup.steps + excluded.steps,
         last_at = greatest(rollup.last_at, excluded.last_at);

  WITH old AS (
    DELETE FROM rollup_durations
    WHERE  width = p_width AND begun_at < CASE p_width WHEN 0 THEN p_minutes_from ELSE p_hours_from END RETURNING *
  )
  INSERT INTO rollup_durations AS durations (width, begun_at, template_id, template_step, bucket, entities)
  SELECT span.width, span.begun_at, old.template_id, old.template_step, old.bucket, sum(old.entities)
  FROM   old CROSS JOIN LATERAL rollup_span(old.begun_at, p_minutes_from, p_hours_from) AS span
  GROUP  BY span.width, span.begun_at, old.template_id, old.template_step, old.bucket
  ON CONFLICT (width, begun_at, template_id, template_step, bucket) DO UPDATE SET entities = durations.entities + excluded.entities;
END $$;

-- Recounts all tasks and steps and returns which exact totals do not agree; empty is healthy. Reads everything, in one snapshot: for tests and
-- rare checks, not for a busy hour.
CREATE OR REPLACE FUNCTION audit_totals()
RETURNS TABLE (code text, template_id integer, template_step integer, state text, expected bigint, found bigint)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT 'state_total', coalesce(counted.template_id, total.template_id), coalesce(counted.template_step, total.template_step),
         CASE WHEN coalesce(counted.template_step, total.template_step) = -1 THEN task_state_name(coalesce(counted.state, total.state))
              ELSE step_state_name(coalesce(counted.state, total.state)) END,
         coalesce(counted.entities, 0), coalesce(total.entities, 0)
  FROM  (SELECT task.template_id, -1 AS template_step, task.state, count(*) AS entities FROM tasks AS task GROUP BY 1, 2, 3
         UNION ALL
         SELECT step.template_id, step.template_step, step.state, count(*) FROM workflow_steps AS step GROUP BY 1, 2, 3) AS counted
         FULL JOIN state_totals AS total USING (template_id, template_step, state)
  WHERE  coalesce(counted.entities, 0) <> coalesce(total.entities, 0)
$$;
