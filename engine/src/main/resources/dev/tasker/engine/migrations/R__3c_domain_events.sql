-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Writing and reading domain events outside the calls that record results (spec 04 §6). read_domain_events, acknowledge_domain_events and the
-- view published_domain_events are public: consumers need nothing else.

-- Keeps events of outcomes that the same transaction decided just now, for calls that do not take events themselves. An event whose step is
-- not in the state its outcome left (p_state) is none. Returns the positions, from 1, of those that are kept.
CREATE OR REPLACE FUNCTION keep_domain_events(
  p_task uuid[], p_step integer[], p_state integer[], p_id uuid[], p_namespace text[], p_name text[], p_message text[])
RETURNS TABLE (number integer)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH published AS (
    SELECT i.*, step.state AS decided, step.version AS sort_key
    FROM   unnest(p_task, p_step, p_state, p_id, p_namespace, p_name, p_message) WITH ORDINALITY
             AS i(task_uuid, step_index, needed, event_id, namespace, event_name, message, number)
           JOIN workflow_steps AS step ON step.task_uuid = i.task_uuid AND step.step_index = i.step_index AND step.state = i.needed
  ),
  outbox AS (
    INSERT INTO domain_events (namespace, event_id, event_name, task_uuid, step_index, sort_key, step_state, published_at, message)
    SELECT published.namespace, published.event_id, published.event_name, published.task_uuid, published.step_index,
           published.sort_key, published.decided, engine_now(), published.message
    FROM   published WHERE published.message IS NOT NULL
    ORDER  BY published.number
  )
  SELECT published.number::integer FROM published;
END $$;

-- Keeps events that a handler tells of while it runs, those with a message; nothing when the lease under this token is over, and no row
-- comes back. An event that was kept before, under its id, is not kept again (fresh: false). Takes no lock: the lease may end at the same
-- moment, and the event came before.
CREATE OR REPLACE FUNCTION publish_domain_events(
  p_task uuid, p_step integer, p_token integer, p_namespace text, p_id uuid[], p_name text[], p_message text[])
RETURNS TABLE (number integer, event_id uuid, fresh boolean)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH told AS (
    SELECT i.*, step.state, step.version
    FROM   unnest(p_id, p_name, p_message) WITH ORDINALITY AS i(event_id, event_name, message, number)
           CROSS JOIN workflow_steps AS step
    WHERE  step.task_uuid = p_task AND step.step_index = p_step AND in_state(step.state, step_state('in_progress'))
    AND    step.lease_token = p_token
  ),
  outbox AS (
    INSERT INTO domain_events AS event (namespace, event_id, event_name, task_uuid, step_index, sort_key, step_state, published_at, message)
    SELECT p_namespace, told.event_id, told.event_name, p_task, p_step, told.version, told.state, engine_now(), told.message
    FROM   told WHERE told.message IS NOT NULL
    ORDER  BY told.number
    ON CONFLICT (task_uuid, step_index, sort_key, event_name, (CASE WHEN step_state = 2 THEN event_id END)) DO NOTHING
    RETURNING event.event_id
  )
  SELECT told.number::integer, told.event_id, told.message IS NULL OR told.event_id IN (SELECT outbox.event_id FROM outbox) FROM told;
END $$;

-- The next events of a namespace for one of its consumers, oldest first: at most p_limit, from the first one that it has not acknowledged. For
-- p_hidden nobody else reads for this consumer; who has not acknowledged by then loses its turn and the events come again. Nothing comes
-- while somebody else's turn lasts. A consumer that reads for the first time begins with the oldest event there is.
-- An event comes only when every transaction that began to write before its own has ended, so that none appears behind the cursor later; a
-- transaction that stays open for long, anybody's in the cluster, holds back what is younger.
CREATE OR REPLACE FUNCTION read_domain_events(p_namespace text, p_consumer text, p_limit integer, p_hidden interval)
RETURNS TABLE (receipt bigint, cursor text, event_id uuid, event_name text, task_uuid uuid, step_uuid uuid, step_state text,
               published_at timestamptz, message json)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  v_transaction xid8 := '0';
  v_position bigint := 0;
  v_receipt bigint;
BEGIN
  SELECT reader.transaction_id, reader.position INTO v_transaction, v_position
  FROM   domain_event_consumers AS reader WHERE reader.namespace = p_namespace AND reader.consumer = p_consumer;
  -- whoever asks again and again in vain writes nothing
  IF FOUND AND NOT EXISTS (
       SELECT FROM domain_events AS event
       WHERE  event.namespace = p_namespace AND (event.transaction_id, event.position) > (v_transaction, v_position)
       AND    event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())) THEN
    RETURN;
  END IF;

  INSERT INTO domain_event_consumers AS reader (namespace, consumer, receipt, hidden_until)
  VALUES (p_namespace, p_consumer, 1, engine_now() + p_hidden)
  ON CONFLICT (namespace, consumer) DO UPDATE SET receipt = reader.receipt + 1, hidden_until = engine_now() + p_hidden
  WHERE  reader.hidden_until <= engine_now()
  RETURNING reader.transaction_id, reader.position, reader.receipt INTO v_transaction, v_position, v_receipt;
  IF v_receipt IS NULL THEN
    RETURN;
  END IF;

  RETURN QUERY
  SELECT v_receipt, event.transaction_id || '-' || event.position, event.event_id, event.event_name, event.task_uuid,
         step_uuid(event.task_uuid, event.step_index), step_state_name(event.step_state), event.published_at, event.message::json
  FROM   domain_events AS event
  WHERE  event.namespace = p_namespace AND (event.transaction_id, event.position) > (v_transaction, v_position)
  AND    event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
  ORDER  BY event.transaction_id, event.position
  LIMIT  p_limit;
  IF NOT FOUND THEN
    UPDATE domain_event_consumers AS reader SET hidden_until = '-infinity'
    WHERE  reader.namespace = p_namespace AND reader.consumer = p_consumer AND reader.receipt = v_receipt;
  END IF;
END $$;

-- Acknowledges, for the reading with this receipt, every event up to and with the one at p_cursor, and ends its turn. False when the turn is
-- somebody else's by now: the events come again, to the other.
CREATE OR REPLACE FUNCTION acknowledge_domain_events(p_namespace text, p_consumer text, p_receipt bigint, p_cursor text) RETURNS boolean
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
AS $$
BEGIN
  UPDATE domain_event_consumers AS reader
  SET    transaction_id = split_part(p_cursor, '-', 1)::xid8, position = split_part(p_cursor, '-', 2)::bigint,
         hidden_until = '-infinity'
  WHERE  reader.namespace = p_namespace AND reader.consumer = p_consumer AND reader.receipt = p_receipt
  AND    reader.hidden_until > '-infinity'
  AND    (reader.transaction_id, reader.position) < (split_part(p_cursor, '-', 1)::xid8, split_part(p_cursor, '-', 2)::bigint);
  RETURN FOUND;
END $$;

-- Removes the oldest events of each namespace, at most p_limit of each, that are older than p_retention, whoever has read them or not.
-- Returns how many.
CREATE OR REPLACE FUNCTION trim_domain_events(p_retention interval, p_limit integer) RETURNS bigint
LANGUAGE sql
SET search_path = tasker, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM domain_events AS event
    WHERE  event.ctid = ANY (ARRAY(
      SELECT old.row_id
      FROM   task_namespaces AS namespace,
             LATERAL (SELECT oldest.ctid AS row_id, oldest.published_at
                      FROM   domain_events AS oldest WHERE oldest.namespace = namespace.name
                      ORDER  BY oldest.transaction_id, oldest.position LIMIT p_limit) AS old
      WHERE  old.published_at < engine_now() - p_retention))
    RETURNING 1)
  SELECT count(*) FROM removed
$$;

-- Durable events for people to look at; consumers read with read_domain_events, which keeps order and loses none.
CREATE OR REPLACE VIEW published_domain_events AS
SELECT event.namespace, event.event_id, event.event_name, event.task_uuid, step_uuid(event.task_uuid, event.step_index) AS step_uuid,
       step_state_name(event.step_state) AS step_state, event.published_at, event.message
FROM   domain_events AS event;
