-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- How a period leaves: begun, its identities removed, its partitions detached (by the caller: DETACH CONCURRENTLY cannot run in a function),
-- then dropped or moved to the schema tasker_archive. Every step can be repeated; a period that was begun is carried on by any node.

-- Periods that ended p_keep ago or before, oldest first, and those that are under way; with the unfinished tasks that keep them: how many,
-- and the first ten.
CREATE OR REPLACE FUNCTION retirable_periods(p_keep interval)
RETURNS TABLE (suffix text, starts_at timestamptz, ends_at timestamptz, retiring boolean, unfinished bigint, examples uuid[])
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT period.suffix, period.starts_at, period.ends_at, period.retiring_since IS NOT NULL, blocking.tasks, blocking.examples
  FROM   task_periods AS period,
         LATERAL (SELECT count(*) AS tasks, (array_agg(task.task_uuid ORDER BY task.task_uuid))[1:10] AS examples
                  FROM   tasks AS task
                  WHERE  task.state < 8 -- as in the index of unfinished tasks
                  AND    task.task_uuid >= uuid_at(period.starts_at) AND task.task_uuid < uuid_at(period.ends_at)) AS blocking
  WHERE  period.retiring_since IS NOT NULL OR period.ends_at <= engine_now() - p_keep
  ORDER  BY period.starts_at
$$;

-- Begins to retire a period, unless one of its tasks is not finished; whether it is begun now.
CREATE OR REPLACE FUNCTION begin_retirement(p_suffix text) RETURNS boolean
LANGUAGE sql
SET search_path = tasker, pg_temp
AS $$
  UPDATE task_periods AS period SET retiring_since = coalesce(retiring_since, engine_now())
  WHERE  period.suffix = p_suffix
  AND    (period.retiring_since IS NOT NULL
          OR NOT EXISTS (SELECT FROM tasks AS task WHERE task.state < 8 AND task.task_uuid >= uuid_at(period.starts_at)
                         AND task.task_uuid < uuid_at(period.ends_at)))
  RETURNING true
$$;

-- Removes identities of the tasks of a retiring period from p_after on, at most p_limit of them, so that the same can be asked for again.
-- Returns the last task looked at, null when that was all.
CREATE OR REPLACE FUNCTION remove_identities(p_suffix text, p_after uuid, p_limit integer) RETURNS uuid
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
AS $$
DECLARE
  v_last uuid;
BEGIN
  WITH piece AS (
    SELECT request.task_uuid, request.identity_hash
    FROM   task_requests AS request, task_periods AS period
    WHERE  period.suffix = p_suffix AND period.retiring_since IS NOT NULL
    AND    request.task_uuid >= uuid_at(period.starts_at) AND request.task_uuid < uuid_at(period.ends_at)
    AND    request.task_uuid > p_after
    ORDER  BY request.task_uuid LIMIT p_limit
  ),
  removed AS (
    DELETE FROM task_identities AS identity USING piece
    WHERE  identity.identity_hash = piece.identity_hash AND identity.task_uuid = piece.task_uuid
  )
  SELECT piece.task_uuid INTO v_last FROM piece ORDER BY piece.task_uuid DESC LIMIT 1;
  RETURN v_last;
END $$;

-- The partitions of a period that are still there, in the order in which they leave: attached, pending (a DETACH CONCURRENTLY that did not
-- end) or detached.
CREATE OR REPLACE FUNCTION partitions_of(p_suffix text) RETURNS TABLE (parent text, partition text, state text)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT listed.name, listed.name || '_' || p_suffix,
         CASE WHEN link.inhrelid IS NULL THEN 'detached' WHEN link.inhdetachpending THEN 'pending' ELSE 'attached' END
  FROM   partitioned_tables() AS listed
         JOIN pg_class AS class ON class.relname = listed.name || '_' || p_suffix AND class.relnamespace = 'tasker'::regnamespace
         LEFT JOIN pg_inherits AS link ON link.inhrelid = class.oid
  ORDER  BY listed.position
$$;

-- Takes a period back whose detached tasks turn out not to be finished: an operator was faster than the beginning. Whether that was so.
CREATE OR REPLACE FUNCTION reopen_period(p_suffix text) RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = tasker, pg_temp
SET lock_timeout = '200ms'
AS $$
DECLARE
  v_unfinished boolean;
  v_period task_periods;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE state < 8)', 'tasks_' || p_suffix) INTO v_unfinished;
  IF v_unfinished THEN
    SELECT * INTO v_period FROM task_periods WHERE suffix = p_suffix FOR UPDATE;
    EXECUTE format('ALTER TABLE tasks ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', 'tasks_' || p_suffix,
                   uuid_at(v_period.starts_at), uuid_at(v_period.ends_at));
    INSERT INTO task_identities (identity_hash, task_uuid)
    SELECT request.identity_hash, request.task_uuid
    FROM   task_requests AS request
    WHERE  request.task_uuid >= uuid_at(v_period.starts_at) AND request.task_uuid < uuid_at(v_period.ends_at)
    ORDER  BY request.identity_hash
    ON CONFLICT DO NOTHING;
    UPDATE task_periods SET retiring_since = NULL WHERE suffix = p_suffix;
  END IF;
  RETURN v_unfinished;
END $$;

-- Ends the retirement of a period whose partitions are all detached: they are dropped, or moved to the schema tasker_archive, in one
-- transaction with what else there is of it. Whether it was ended.
CREATE OR REPLACE FUNCTION finish_retirement(p_suffix text, p_archive boolean) RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = tasker, pg_temp
SET lock_timeout = '200ms'
AS $$
DECLARE
  v_partition record;
BEGIN
  IF EXISTS (SELECT FROM partitions_of(p_suffix) AS left_over WHERE left_over.state <> 'detached') THEN
    RETURN false;
  END IF;
  IF p_archive THEN
    CREATE SCHEMA IF NOT EXISTS tasker_archive;
  END IF;
  -- what leaves, leaves the totals, too; what it did stays in the roll-ups
  FOR v_partition IN SELECT * FROM partitions_of(p_suffix) AS part WHERE part.parent IN ('tasks', 'workflow_steps') LOOP
    EXECUTE format('INSERT INTO rollup_feed (changed_at, template_id, template_step, from_state, entities)
                    SELECT engine_now(), gone.template_id, %s AS template_step, gone.state, count(*)
                    FROM %I AS gone GROUP BY gone.template_id, 3, gone.state',
                   CASE v_partition.parent WHEN 'tasks' THEN '-1' ELSE 'gone.template_step' END, v_partition.partition);
  END LOOP;
  FOR v_partition IN SELECT * FROM partitions_of(p_suffix) LOOP
    IF p_archive THEN
      EXECUTE format('ALTER TABLE %I SET SCHEMA tasker_archive', v_partition.partition);
    ELSE
      EXECUTE format('DROP TABLE %I', v_partition.partition);
    END IF;
  END LOOP;
  DELETE FROM batches AS batch USING task_periods AS period
  WHERE  period.suffix = p_suffix AND batch.task_uuid >= uuid_at(period.starts_at) AND batch.task_uuid < uuid_at(period.ends_at);
  DELETE FROM task_periods WHERE suffix = p_suffix;
  RETURN FOUND;
END $$;
