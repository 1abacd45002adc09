-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- What holds back the removal of dead rows, database-wide: transactions, prepared transactions, replication slots, and standbys that report
-- theirs. "since" is null where PostgreSQL does not tell; then the node counts from when it first saw the same transaction held. Public: an
-- operator may call it. Without the role pg_read_all_stats other users' sessions show little more than their pid.
CREATE OR REPLACE FUNCTION pinning_horizon()
RETURNS TABLE (kind text, name text, pid integer, "user" text, application text, database text, holds text, since timestamptz,
               query_start timestamptz, query text)
LANGUAGE sql STABLE
SET search_path = tasker, pg_temp
AS $$
  SELECT 'transaction', activity.pid::text, activity.pid, activity.usename::text, activity.application_name, activity.datname::text,
         coalesce(activity.backend_xmin, activity.backend_xid)::text, activity.xact_start, activity.query_start, left(activity.query, 100)
  FROM   pg_stat_activity AS activity
  WHERE  coalesce(activity.backend_xmin, activity.backend_xid) IS NOT NULL AND activity.pid <> pg_backend_pid()
  AND    activity.backend_type <> 'walsender' AND activity.backend_type <> 'autovacuum worker'
  UNION ALL
  SELECT 'prepared transaction', prepared.gid, NULL, prepared.owner::text, NULL, prepared.database::text, prepared.transaction::text,
         prepared.prepared, NULL, NULL
  FROM   pg_prepared_xacts AS prepared
  UNION ALL
  SELECT 'replication slot', slot.slot_name::text, slot.active_pid, NULL, slot.plugin::text, slot.database::text,
         coalesce(slot.xmin, slot.catalog_xmin)::text, NULL, NULL, NULL
  FROM   pg_replication_slots AS slot WHERE coalesce(slot.xmin, slot.catalog_xmin) IS NOT NULL
  UNION ALL
  SELECT 'standby', sender.application_name, sender.pid, sender.usename::text, sender.application_name, NULL, sender.backend_xmin::text,
         NULL, NULL, NULL
  FROM   pg_stat_replication AS sender WHERE sender.backend_xmin IS NOT NULL
$$;
