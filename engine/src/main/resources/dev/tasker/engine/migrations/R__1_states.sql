-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- States, times and step uuids: the vocabulary the other functions are written in. Immutable functions of constants are folded
-- when a statement is planned, so a state costs nothing at run time.

CREATE OR REPLACE FUNCTION step_state(p_name text) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE p_name
    WHEN 'pending' THEN 0 WHEN 'enqueued' THEN 1 WHEN 'in_progress' THEN 2 WHEN 'enqueued_for_orchestration' THEN 3
    WHEN 'enqueued_as_error_for_orchestration' THEN 4 WHEN 'waiting_for_retry' THEN 5 WHEN 'complete' THEN 6 WHEN 'error' THEN 7
    WHEN 'cancelled' THEN 8 WHEN 'resolved_manually' THEN 9
  END::smallint;

CREATE OR REPLACE FUNCTION step_state_name(p_state smallint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (ARRAY['pending', 'enqueued', 'in_progress', 'enqueued_for_orchestration', 'enqueued_as_error_for_orchestration',
         'waiting_for_retry', 'complete', 'error', 'cancelled', 'resolved_manually'])[p_state + 1];

CREATE OR REPLACE FUNCTION task_state(p_name text) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE p_name
    WHEN 'pending' THEN 0 WHEN 'initializing' THEN 1 WHEN 'enqueuing_steps' THEN 2 WHEN 'steps_in_process' THEN 3
    WHEN 'evaluating_results' THEN 4 WHEN 'waiting_for_dependencies' THEN 5 WHEN 'waiting_for_retry' THEN 6
    WHEN 'blocked_by_failures' THEN 7 WHEN 'complete' THEN 8 WHEN 'error' THEN 9 WHEN 'cancelled' THEN 10
    WHEN 'resolved_manually' THEN 11
  END::smallint;

CREATE OR REPLACE FUNCTION task_state_name(p_state smallint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (ARRAY['pending', 'initializing', 'enqueuing_steps', 'steps_in_process', 'evaluating_results', 'waiting_for_dependencies',
         'waiting_for_retry', 'blocked_by_failures', 'complete', 'error', 'cancelled', 'resolved_manually'])[p_state + 1];

-- Where a started task rests, by its counters (01 §3.3). With nothing failed and nothing active, an unsatisfied step of an acyclic
-- graph can only wait for a retry.
CREATE OR REPLACE FUNCTION resting_state(p_total integer, p_satisfied integer, p_failed integer, p_active integer) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN p_failed > 0 THEN task_state('blocked_by_failures')
       WHEN p_active > 0 THEN task_state('steps_in_process')
       WHEN p_satisfied = p_total THEN task_state('complete')
       ELSE task_state('waiting_for_retry') END;

-- Where a call that is no operator's leaves a task: one that was given up or closed stays so, whatever its steps still bring (01 §2.3).
CREATE OR REPLACE FUNCTION state_after(p_from smallint, p_total integer, p_satisfied integer, p_failed integer, p_active integer)
RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN p_from > task_state('complete') THEN p_from ELSE resting_state(p_total, p_satisfied, p_failed, p_active) END;

-- Why a row of history was written.
CREATE OR REPLACE FUNCTION cause(p_name text) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE p_name WHEN 'engine' THEN 0 WHEN 'worker' THEN 1 WHEN 'lease_expired' THEN 2 WHEN 'operator' THEN 3 WHEN 'rejected' THEN 4
              WHEN 'stale' THEN 5 WHEN 'unhandled' THEN 6 END::smallint;

-- The uuid of a step: its task's, whose last 20 bits are zero, plus index + 1.
CREATE OR REPLACE FUNCTION step_uuid(p_task uuid, p_index integer) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (left(p_task::text, 31) || lpad(to_hex(p_index + 1), 5, '0'))::uuid;

-- The engine's time. Tests replace it to shift the clock; nothing else in the schema asks for the time.
CREATE OR REPLACE FUNCTION engine_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE RETURN now();

-- Milliseconds from one time to another, as far as an integer goes (24 days).
CREATE OR REPLACE FUNCTION rollup_age(p_from timestamptz, p_to timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  greatest(least(date_part('epoch', p_to - p_from) * 1000, 2147483647), 0)::integer;
