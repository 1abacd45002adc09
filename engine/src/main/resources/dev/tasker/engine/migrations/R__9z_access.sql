-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Least privilege: what the role of a server and the role of a reader may do. Found in the catalogue, so that a new table or function
-- needs no line here. Only the owner of the schema can grant; `tasker migrate` renews the grants after each migration.

-- Lets a role run servers: every function, the rows of every table, and no table of its own. History can be added to, never rewritten.
-- What needs the owner (ANALYZE, tables made at run time) is done by functions with SECURITY DEFINER.
CREATE OR REPLACE FUNCTION grant_service(p_role regrole) RETURNS void
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
AS $$
DECLARE
  v_table record;
BEGIN
  REVOKE ALL ON SCHEMA tasker FROM PUBLIC;
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA tasker FROM PUBLIC;
  EXECUTE format('GRANT USAGE ON SCHEMA tasker TO %s', p_role);
  FOR v_table IN
    SELECT class.oid::regclass AS name,
           CASE WHEN class.relkind IN ('v', 'm') OR class.relname = 'schema_history' THEN 'SELECT'
                WHEN class.relname IN ('task_changes', 'step_changes') THEN 'INSERT'
                WHEN class.relname LIKE '%\_history' THEN 'SELECT, INSERT'
                ELSE 'SELECT, INSERT, UPDATE, DELETE'
           END AS privileges
    FROM   pg_class AS class
    WHERE  class.relnamespace = 'tasker'::regnamespace AND class.relkind IN ('r', 'p', 'v', 'm')
    AND    (class.relkind = 'p' OR NOT class.relispartition)
    ORDER  BY class.relname
  LOOP
    EXECUTE format('GRANT %s ON %s TO %s', v_table.privileges, v_table.name, p_role);
  END LOOP;
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA tasker TO %s', p_role);
  EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tasker TO %s', p_role);
  EXECUTE format('REVOKE EXECUTE ON FUNCTION grant_service(regrole), grant_reader(regrole), renew_access() FROM %s', p_role);
END $$;

-- Lets a role read the views, and call the functions they are written in. No table, nothing that writes.
CREATE OR REPLACE FUNCTION grant_reader(p_role regrole) RETURNS void
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
AS $$
DECLARE
  v_object record;
BEGIN
  REVOKE ALL ON SCHEMA tasker FROM PUBLIC;
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA tasker FROM PUBLIC;
  EXECUTE format('GRANT USAGE ON SCHEMA tasker TO %s', p_role);
  FOR v_object IN
    SELECT 'SELECT ON ' || class.oid::regclass AS granted
    FROM   pg_class AS class
    WHERE  class.relnamespace = 'tasker'::regnamespace AND class.relkind IN ('v', 'm')
    UNION ALL
    SELECT 'EXECUTE ON FUNCTION ' || function.oid::regprocedure
    FROM   pg_proc AS function
    WHERE  function.pronamespace = 'tasker'::regnamespace
    AND    (function.provolatile = 'i' AND NOT function.prosecdef
            OR EXISTS (SELECT FROM pg_depend AS used
                       WHERE  used.classid = 'pg_rewrite'::regclass AND used.refclassid = 'pg_proc'::regclass
                       AND    used.refobjid = function.oid))
  LOOP
    EXECUTE format('GRANT %s TO %s', v_object.granted, p_role);
  END LOOP;
END $$;

-- Grants what is new to those who were granted before: to services (they insert tasks) and to readers (they read task_transitions).
CREATE OR REPLACE FUNCTION renew_access() RETURNS void
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
AS $$
DECLARE
  v_role regrole;
BEGIN
  FOR v_role IN
    SELECT granted.grantee
    FROM   pg_class AS class, aclexplode(class.relacl) AS granted
    WHERE  class.oid = 'tasks'::regclass AND granted.privilege_type = 'INSERT' AND granted.grantee NOT IN (0, class.relowner)
  LOOP
    PERFORM grant_service(v_role);
  END LOOP;
  FOR v_role IN
    SELECT granted.grantee
    FROM   pg_class AS class, aclexplode(class.relacl) AS granted
    WHERE  class.oid = 'task_transitions'::regclass AND granted.privilege_type = 'SELECT' AND granted.grantee NOT IN (0, class.relowner)
    AND    NOT has_table_privilege(granted.grantee, 'tasks', 'INSERT')
  LOOP
    PERFORM grant_reader(v_role);
  END LOOP;
END $$;
