-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Periods: partitions by the time in a task's uuid (DESIGN §4 "Retention").

-- Every table that is partitioned by period, with its key (a task uuid or a timestamptz) and the storage parameters of its partitions, in
-- the order in which a period leaves. A further table is created with PARTITION BY RANGE over its key and listed here; no more is needed.
CREATE OR REPLACE FUNCTION partitioned_tables() RETURNS TABLE ("position" integer, name text, key text, storage text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES (1, 'tasks', 'task_uuid', 'fillfactor = 25'),
         (2, 'workflow_steps', 'task_uuid', 'fillfactor = 20'),
         (3, 'task_history', 'task_uuid', NULL),
         (4, 'step_history', 'task_uuid', NULL),
         (5, 'task_requests', 'task_uuid', NULL)
$$;

-- The least and the greatest of p_uuids, null for none. Of one, as most calls on an idle node have, without a query.
CREATE OR REPLACE FUNCTION uuid_range(p_uuids uuid[]) RETURNS uuid[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF cardinality(p_uuids) = 1 THEN
    RETURN ARRAY[p_uuids[1], p_uuids[1]];
  END IF;
  RETURN (SELECT ARRAY[sorted.uuids[1], sorted.uuids[cardinality(sorted.uuids)]]
          FROM  (SELECT array_agg(given.uuid ORDER BY given.uuid) AS uuids FROM unnest(p_uuids) AS given(uuid)) AS sorted);
END $$;

-- Whether a uuid is one of those from p_low to p_high: prunes partitions when a statement starts, and is nothing to look rows up by. Written as
-- BETWEEN it would be: the planner takes two such bounds for a two hundredth of any table, and reads all tasks between the oldest and the newest
-- of a call for each of its rows. Inlined.
CREATE OR REPLACE FUNCTION in_span(p_uuid uuid, p_low uuid, p_high uuid) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  p_uuid >= p_low AND p_uuid <= ANY (ARRAY[p_high]);

-- Whether a state is the wanted one, for rows that are looked up by in_span() and their key: written as an equation it would make the planner
-- expect so few rows in the span that it reads them all. Inlined.
CREATE OR REPLACE FUNCTION in_state(p_state smallint, p_wanted smallint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN p_state = p_wanted THEN true ELSE false END;

-- The least task uuid of a time, to the millisecond.
CREATE OR REPLACE FUNCTION uuid_at(p_time timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  rpad(lpad(to_hex(greatest(floor(extract(epoch FROM p_time) * 1000), 0)::bigint), 12, '0'), 32, '0')::uuid;

-- Creates the partitions of one period. Each is a plain table first and attached with a CHECK that matches: that needs no scan, and of the
-- partitioned table only a lock which neither readers nor writers notice.
CREATE OR REPLACE FUNCTION create_period(p_start timestamptz, p_end timestamptz) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER -- partitions belong to the owner of the tables
SET search_path = tasker, pg_temp
SET lock_timeout = '200ms'
AS $$
DECLARE
  v_suffix text := 'p' || to_char(p_start AT TIME ZONE 'UTC', 'YYYYMMDD');
  v_table record;
  v_low text;
  v_high text;
BEGIN
  INSERT INTO task_periods (starts_at, ends_at, suffix) VALUES (p_start, p_end, v_suffix);
  FOR v_table IN
    SELECT listed.*, listed.name || '_' || v_suffix AS partition,
           (SELECT atttypid = 'uuid'::regtype FROM pg_attribute WHERE attrelid = listed.name::regclass AND attname = listed.key) AS by_uuid
    FROM   partitioned_tables() AS listed ORDER BY listed.position
  LOOP
    v_low := CASE WHEN v_table.by_uuid THEN uuid_at(p_start)::text ELSE p_start::text END;
    v_high := CASE WHEN v_table.by_uuid THEN uuid_at(p_end)::text ELSE p_end::text END;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL, CONSTRAINT period CHECK (%I >= %L AND %I < %L)) %s', v_table.partition,
                   v_table.name, v_table.key, v_low, v_table.key, v_high, coalesce('WITH (' || v_table.storage || ')', ''));
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', v_table.name, v_table.partition, v_low, v_high);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT period', v_table.partition); -- or every insert would pay for it
  END LOOP;
END $$;

-- Creates the periods from the one before now to p_ahead after now, where they are missing; p_unit: day, week or month, of UTC. Periods that
-- exist stay as they are, so that after a change of the unit the next one is cut short. Returns how many were created, and from when until
-- when task uuids have a partition whatever happens: from the period before now on. One caller at a time; fails with 55P03, to be repeated,
-- when somebody holds a lock for long.
CREATE OR REPLACE FUNCTION create_periods(p_unit text, p_ahead integer, OUT created integer, OUT covered_from timestamptz, OUT covered_until timestamptz)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET lock_timeout = '200ms'
AS $$
DECLARE
  v_step interval := ('1 ' || p_unit)::interval;
  v_now timestamp := date_trunc(p_unit, engine_now() AT TIME ZONE 'UTC');
  v_start timestamp;
  v_end timestamp;
BEGIN
  created := 0;
  IF NOT EXISTS (SELECT FROM task_periods WHERE ends_at >= (v_now + (p_ahead + 1) * v_step) AT TIME ZONE 'UTC') THEN
    PERFORM pg_advisory_xact_lock(hashtext('tasker.task_periods'));
    SELECT greatest(v_now - v_step, max(ends_at) AT TIME ZONE 'UTC') INTO v_start FROM task_periods;
    WHILE v_start < v_now + (p_ahead + 1) * v_step LOOP
      v_end := date_trunc(p_unit, v_start) + v_step;
      PERFORM create_period(v_start AT TIME ZONE 'UTC', v_end AT TIME ZONE 'UTC');
      created := created + 1;
      v_start := v_end;
    END LOOP;
  END IF;
  SELECT min(starts_at), max(ends_at) INTO covered_from, covered_until
  FROM   task_periods WHERE retiring_since IS NULL AND ends_at > (v_now - v_step) AT TIME ZONE 'UTC';
END $$;

-- Statistics of the partitions that tasks are created in now, and of the tables that have none.
CREATE OR REPLACE FUNCTION analyze_hot_tables() RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER -- a server's role may not ANALYZE what it does not own
SET search_path = tasker, pg_temp
AS $$
DECLARE
  v_tables text;
BEGIN
  SELECT string_agg(format('%I', listed.name || '_' || period.suffix), ', ') INTO v_tables
  FROM   task_periods AS period, partitioned_tables() AS listed
  WHERE  period.starts_at <= engine_now() AND period.ends_at > engine_now() AND period.retiring_since IS NULL;
  EXECUTE 'ANALYZE ' || coalesce(v_tables || ', ', '') || 'ready_steps, task_identities';
END $$;
