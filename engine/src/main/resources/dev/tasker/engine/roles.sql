-- Three roles for Tasker in this database. Run as a superuser, in the database of Tasker, before the first `tasker migrate` and once more
-- after it; again at any time does no harm. Set passwords yourself (\password tasker_owner in psql), or take other names.
--   tasker_owner    owns the schema: for `tasker migrate`
--   tasker_service  for servers: calls the functions and changes rows; no DDL
--   tasker_reader   for people and dashboards: the views, nothing else
-- Where servers let old periods leave (orchestration.retention.keep_days), they act as the owner for one statement; grant that by hand:
--   GRANT tasker_owner TO tasker_service WITH INHERIT FALSE, SET TRUE;

DO $$
DECLARE
  v_role text;
BEGIN
  FOREACH v_role IN ARRAY ARRAY['tasker_owner', 'tasker_service', 'tasker_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', v_role);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), v_role);
  END LOOP;
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

CREATE SCHEMA IF NOT EXISTS tasker;
ALTER SCHEMA tasker OWNER TO tasker_owner;

-- What another role has made in the schema before becomes the owner's.
DO $$
DECLARE
  v_object text;
BEGIN
  FOR v_object IN
    SELECT format('%s %s', CASE class.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                  class.oid::regclass)
    FROM   pg_class AS class
    WHERE  class.relnamespace = 'tasker'::regnamespace AND class.relkind IN ('r', 'p', 'v', 'm', 'S')
    AND    class.relowner <> 'tasker_owner'::regrole
    AND    NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = class.oid AND deptype IN ('a', 'i') AND class.relkind = 'S')
    UNION ALL
    SELECT format('FUNCTION %s', function.oid::regprocedure)
    FROM   pg_proc AS function
    WHERE  function.pronamespace = 'tasker'::regnamespace AND function.proowner <> 'tasker_owner'::regrole
  LOOP
    EXECUTE format('ALTER %s OWNER TO tasker_owner', v_object);
  END LOOP;
END $$;

-- After the first migration: what servers and readers may do.
DO $$
BEGIN
  IF to_regprocedure('tasker.grant_service(regrole)') IS NOT NULL THEN
    PERFORM tasker.grant_service('tasker_service'), tasker.grant_reader('tasker_reader');
  END IF;
END $$;
