-- Locks: no table locks; replaces a function, and calls under way end with the old one.
-- Cost: milliseconds, whatever the tables hold.
-- Analyses the tables that grow with every task. Runs as the owner of the tables, because a server's role may not ANALYZE what it does not
-- own (PostgreSQL 17 has the privilege MAINTAIN for that, 16 has none).
CREATE OR REPLACE FUNCTION analyze_hot_tables() RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = tasker, pg_temp
AS $$
BEGIN
  ANALYZE tasks, task_requests, workflow_steps, step_history, task_history, ready_steps;
END $$;
