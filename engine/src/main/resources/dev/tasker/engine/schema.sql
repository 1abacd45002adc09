-- The schema as the migrations make it, for review; nothing reads this file. SchemaTest keeps it current.

CREATE TABLE batches (
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  last_index integer NOT NULL,
  next_index integer NOT NULL,
  CONSTRAINT batches_pkey PRIMARY KEY (task_uuid, step_index),
  CONSTRAINT batches_check CHECK ((next_index <= (last_index + 1)))
) WITH (fillfactor=50);

CREATE TABLE domain_event_consumers (
  namespace character varying(64) NOT NULL,
  consumer character varying(128) NOT NULL,
  transaction_id xid8 NOT NULL DEFAULT '0'::xid8,
  position bigint NOT NULL DEFAULT 0,
  receipt bigint NOT NULL DEFAULT 0,
  hidden_until timestamp with time zone NOT NULL DEFAULT '-infinity'::timestamp with time zone,
  CONSTRAINT domain_event_consumers_pkey PRIMARY KEY (namespace, consumer)
) WITH (fillfactor=50);

CREATE TABLE domain_events (
  namespace character varying(64) NOT NULL,
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  event_id uuid NOT NULL,
  event_name text NOT NULL,
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  sort_key integer NOT NULL,
  step_state smallint NOT NULL,
  published_at timestamp with time zone NOT NULL,
  message text NOT NULL,
  CONSTRAINT domain_events_pkey PRIMARY KEY (namespace, transaction_id, "position")
);
CREATE UNIQUE INDEX domain_events_once ON tasker.domain_events USING btree (task_uuid, step_index, sort_key, event_name);

CREATE TABLE named_tasks (
  named_task_uuid uuid NOT NULL,
  task_namespace_uuid uuid NOT NULL,
  name character varying(64) NOT NULL,
  version character varying(16) NOT NULL,
  description character varying(255),
  identity_strategy character varying(16) NOT NULL,
  template_id integer NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT named_tasks_pkey PRIMARY KEY (named_task_uuid),
  CONSTRAINT named_tasks_identity_strategy_check CHECK (((identity_strategy)::text = ANY ((ARRAY['strict'::character varying, 'caller_provided'::character varying, 'always_unique'::character varying])::text[]))),
  CONSTRAINT named_tasks_task_namespace_uuid_fkey FOREIGN KEY (task_namespace_uuid) REFERENCES task_namespaces(task_namespace_uuid),
  CONSTRAINT named_tasks_task_namespace_uuid_name_version_key UNIQUE (task_namespace_uuid, name, version)
);

CREATE TABLE nodes (
  node_uuid uuid NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT nodes_pkey PRIMARY KEY (node_uuid)
) WITH (fillfactor=50);

CREATE TABLE queues (
  queue_id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  namespace character varying(64) NOT NULL,
  callable character varying(500) NOT NULL,
  CONSTRAINT queues_pkey PRIMARY KEY (queue_id),
  CONSTRAINT queues_namespace_callable_key UNIQUE (namespace, callable)
);

CREATE TABLE ready_steps (
  queue_id integer NOT NULL,
  priority integer NOT NULL,
  sequence bigint NOT NULL DEFAULT nextval('ready_sequence'::regclass),
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  CONSTRAINT ready_steps_pkey PRIMARY KEY (queue_id, priority, sequence)
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000);

CREATE TABLE session_handlers (
  session_id integer NOT NULL,
  namespace text NOT NULL,
  callable text NOT NULL,
  node_uuid uuid NOT NULL,
  CONSTRAINT session_handlers_pkey PRIMARY KEY (session_id, namespace, callable)
);

CREATE TABLE session_leases (
  session_id integer NOT NULL,
  batch bigint NOT NULL,
  task_uuids uuid[] NOT NULL,
  step_indexes integer[] NOT NULL,
  CONSTRAINT session_leases_pkey PRIMARY KEY (session_id, batch)
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000);

CREATE TABLE step_history (
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  sort_key integer NOT NULL,
  from_state smallint NOT NULL,
  to_state smallint NOT NULL,
  cause smallint NOT NULL,
  created_at timestamp with time zone NOT NULL,
  session_id integer,
  execution_time_ms integer,
  detail text,
  CONSTRAINT step_history_pkey PRIMARY KEY (task_uuid, step_index, sort_key)
);

CREATE TABLE task_history (
  task_uuid uuid NOT NULL,
  sort_key integer NOT NULL,
  from_state smallint NOT NULL,
  to_state smallint NOT NULL,
  cause smallint NOT NULL,
  created_at timestamp with time zone NOT NULL,
  detail text,
  CONSTRAINT task_history_pkey PRIMARY KEY (task_uuid, sort_key)
);

CREATE TABLE task_namespaces (
  task_namespace_uuid uuid NOT NULL,
  name character varying(64) NOT NULL,
  description character varying(255),
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT task_namespaces_pkey PRIMARY KEY (task_namespace_uuid),
  CONSTRAINT task_namespaces_name_key UNIQUE (name)
);

CREATE TABLE task_requests (
  task_uuid uuid NOT NULL,
  template_id integer NOT NULL,
  priority integer NOT NULL,
  identity_hash bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  correlation_id uuid NOT NULL,
  parent_correlation_id uuid,
  initiator character varying(128) NOT NULL,
  source_system character varying(128) NOT NULL,
  reason character varying(128) NOT NULL,
  tags text,
  context text NOT NULL,
  CONSTRAINT task_requests_pkey PRIMARY KEY (task_uuid)
);
CREATE UNIQUE INDEX idx_tasks_identity_hash ON tasker.task_requests USING btree (identity_hash);

CREATE TABLE tasks (
  task_uuid uuid NOT NULL,
  template_id integer NOT NULL,
  priority integer NOT NULL,
  total_steps integer NOT NULL,
  satisfied_steps integer NOT NULL DEFAULT 0,
  failed_steps integer NOT NULL DEFAULT 0,
  active_steps integer NOT NULL,
  graph_version integer NOT NULL DEFAULT 0,
  state smallint NOT NULL,
  version integer NOT NULL,
  entered_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT tasks_pkey PRIMARY KEY (task_uuid),
  CONSTRAINT tasks_active_steps_check CHECK ((active_steps >= 0)),
  CONSTRAINT tasks_check CHECK ((satisfied_steps <= total_steps)),
  CONSTRAINT tasks_failed_steps_check CHECK ((failed_steps >= 0))
) WITH (fillfactor=25);
CREATE INDEX tasks_unfinished ON tasker.tasks USING btree (state, entered_at) WHERE (state < 8);

CREATE TABLE template_steps (
  template_id integer NOT NULL,
  step_index integer NOT NULL,
  queue_id integer NOT NULL,
  parents integer NOT NULL,
  children integer[],
  retryable boolean NOT NULL,
  max_attempts integer NOT NULL,
  CONSTRAINT template_steps_pkey PRIMARY KEY (template_id, step_index),
  CONSTRAINT template_steps_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queues(queue_id),
  CONSTRAINT template_steps_template_id_fkey FOREIGN KEY (template_id) REFERENCES templates(template_id)
);

CREATE TABLE templates (
  template_id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  named_task_uuid uuid NOT NULL,
  content_hash character varying(64) NOT NULL,
  document text NOT NULL,
  initial_steps integer NOT NULL,
  at_most_once integer[],
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT templates_pkey PRIMARY KEY (template_id),
  CONSTRAINT templates_named_task_uuid_content_hash_key UNIQUE (named_task_uuid, content_hash),
  CONSTRAINT templates_named_task_uuid_fkey FOREIGN KEY (named_task_uuid) REFERENCES named_tasks(named_task_uuid) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE timers (
  due_at timestamp with time zone NOT NULL,
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  CONSTRAINT timers_pkey PRIMARY KEY (due_at, task_uuid, step_index)
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000);

CREATE TABLE worker_sessions (
  session_id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  session_uuid uuid NOT NULL,
  node_uuid uuid NOT NULL,
  worker_name character varying(255) NOT NULL,
  in_process boolean NOT NULL,
  lease_duration interval NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT worker_sessions_pkey PRIMARY KEY (session_id),
  CONSTRAINT worker_sessions_session_uuid_key UNIQUE (session_uuid)
) WITH (fillfactor=50);

CREATE TABLE workflow_steps (
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  queue_id integer NOT NULL,
  template_step integer NOT NULL,
  total_parents integer NOT NULL,
  max_attempts integer NOT NULL,
  retryable boolean NOT NULL,
  created_at timestamp with time zone NOT NULL,
  batch_step integer,
  name character varying(128),
  children integer[],
  inputs text,
  pending_parents integer NOT NULL,
  attempts integer NOT NULL,
  lease_token integer NOT NULL,
  state smallint NOT NULL,
  version integer NOT NULL,
  entered_at timestamp with time zone NOT NULL,
  session_id integer,
  last_attempted_at timestamp with time zone,
  next_retry_at timestamp with time zone,
  backoff_request_seconds integer,
  checkpoint text,
  checkpoint_history text[],
  result text,
  CONSTRAINT workflow_steps_pkey PRIMARY KEY (task_uuid, step_index),
  CONSTRAINT workflow_steps_check CHECK (((state = 2) = (session_id IS NOT NULL))),
  CONSTRAINT workflow_steps_pending_parents_check CHECK ((pending_parents >= 0))
) WITH (fillfactor=20);

CREATE SEQUENCE ready_sequence;

VIEW published_domain_events (
  namespace character varying(64),
  event_id uuid,
  event_name text,
  task_uuid uuid,
  step_uuid uuid,
  step_state text,
  published_at timestamp with time zone,
  message text
);

VIEW task_transitions (
  task_uuid uuid,
  sort_key integer,
  from_state text,
  to_state text,
  metadata json,
  most_recent boolean,
  created_at timestamp with time zone
);

VIEW workflow_step_edges (
  from_step_uuid uuid,
  to_step_uuid uuid,
  name text
);

VIEW workflow_step_result_audit (
  workflow_step_uuid uuid,
  task_uuid uuid,
  sort_key integer,
  recorded_at timestamp with time zone,
  worker_uuid uuid,
  correlation_id uuid,
  success boolean,
  execution_time_ms bigint,
  from_state text,
  to_state text,
  result text
);

VIEW workflow_step_transitions (
  workflow_step_uuid uuid,
  task_uuid uuid,
  sort_key integer,
  from_state text,
  to_state text,
  metadata json,
  most_recent boolean,
  created_at timestamp with time zone
);

FUNCTION acknowledge_domain_events(p_namespace text, p_consumer text, p_receipt bigint, p_cursor text)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION analyze_hot_tables()
  RETURNS void
  LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER
  SET search_path=tasker, pg_temp;

FUNCTION audit_tasks(p_from uuid, p_to uuid)
  RETURNS TABLE(code text, task_uuid uuid, step_index integer, expected text, found text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION cancel_tasks(p_task uuid[], p_detail text[])
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, token integer, session_id integer, state smallint, detail text)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION cause(p_name text)
  RETURNS smallint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION checkpoint_record(p_checkpoint text, p_history text[])
  RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION checkpoint_steps(p_batch bigint, p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_yields boolean[], p_cursor text[], p_items bigint[], p_accumulated text[])
  RETURNS TABLE(task_uuid uuid, step_index integer, token integer, attempts integer, record text)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION claim_steps(p_batch bigint, p_renew integer[], p_session integer, p_queue integer[], p_priority integer[], p_cursor bigint[], p_limit integer)
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, token integer, attempts integer, queue_id integer, priority integer, sequence bigint)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION clear_checkpoint(p_task uuid, p_step integer)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET lock_timeout=10s;

FUNCTION complete_steps(p_batch bigint, p_renew integer[], p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_outcome smallint[], p_delay_ms integer[], p_execution_ms integer[], p_result text[], p_refusal text[], p_accept_task uuid[], p_accept_step integer[], p_accept_session integer[], p_event_task uuid[], p_event_step integer[], p_event_state integer[], p_event_id uuid[], p_event_namespace text[], p_event_name text[], p_event_message text[])
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, attempts integer, queue_id integer, priority integer, session_id integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION create_tasks(p_batch bigint, p_renew integer[], p_task uuid[], p_template integer[], p_priority integer[], p_identity bytea[], p_correlation uuid[], p_parent_correlation uuid[], p_initiator text[], p_source_system text[], p_reason text[], p_tags text[], p_context text[], p_session integer[])
  RETURNS TABLE("position" integer, owner uuid)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION engine_now()
  RETURNS timestamp with time zone
  LANGUAGE sql STABLE PARALLEL SAFE;

FUNCTION expire_session(p_session integer, p_grace_ms integer, p_results text[], p_batches integer)
  RETURNS TABLE(task_uuid uuid, step_index integer, state smallint, queue_id integer, priority integer, attempts integer, max_attempts integer, ending integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION grant_reader(p_role regrole)
  RETURNS void
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION grant_service(p_role regrole)
  RETURNS void
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION grow_and_complete(p_batch bigint, p_renew integer[], p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_outcome smallint[], p_delay_ms integer[], p_execution_ms integer[], p_result text[], p_refusal text[], p_accept_task uuid[], p_accept_step integer[], p_accept_session integer[], p_grow_task uuid[], p_grow_step integer[], p_grow_token integer[], p_grow_version integer[], p_new_task uuid[], p_new_step integer[], p_new_queue integer[], p_new_template integer[], p_new_batch integer[], p_new_retryable integer[], p_new_max integer[], p_new_parents integer[], p_new_children text[], p_new_name text[], p_new_inputs text[], p_edge_task uuid[], p_edge_from integer[], p_edge_to integer[], p_edge_barrier integer[], p_gain_task uuid[], p_gain_step integer[], p_gain_parents integer[], p_batch_task uuid[], p_batch_step integer[], p_batch_last integer[], p_batch_next integer[], p_event_task uuid[], p_event_step integer[], p_event_state integer[], p_event_id uuid[], p_event_namespace text[], p_event_name text[], p_event_message text[])
  RETURNS TABLE(kind integer, task_uuid uuid, step_index integer, state integer, token integer, attempts integer, queue_id integer, priority integer, session_id integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION grow_and_operate(p_task uuid[], p_step integer[], p_action smallint[], p_result text[], p_detail text[], p_clear_checkpoint boolean[], p_grow_task uuid[], p_grow_step integer[], p_grow_token integer[], p_grow_version integer[], p_new_task uuid[], p_new_step integer[], p_new_queue integer[], p_new_template integer[], p_new_batch integer[], p_new_retryable integer[], p_new_max integer[], p_new_parents integer[], p_new_children text[], p_new_name text[], p_new_inputs text[], p_edge_task uuid[], p_edge_from integer[], p_edge_to integer[], p_edge_barrier integer[], p_gain_task uuid[], p_gain_step integer[], p_gain_parents integer[], p_batch_task uuid[], p_batch_step integer[], p_batch_last integer[], p_batch_next integer[])
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, queue_id integer, priority integer, session_id integer, task_state smallint, detail text)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET lock_timeout=10s;

FUNCTION heartbeat(p_sessions integer[], p_batch bigint, p_held_session integer[], p_held_task uuid[], p_held_step integer[], p_held_token integer[])
  RETURNS TABLE(session_id integer, task_uuid uuid, step_index integer, token integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=5s;

FUNCTION keep_domain_events(p_task uuid[], p_step integer[], p_state integer[], p_id uuid[], p_namespace text[], p_name text[], p_message text[])
  RETURNS TABLE(number integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off;

FUNCTION leases_of(p_session integer)
  RETURNS TABLE(task_uuid uuid, step_index integer, token integer, attempts integer, queue_id integer)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off;

FUNCTION operate_steps(p_task uuid[], p_step integer[], p_action smallint[], p_result text[], p_detail text[], p_clear_checkpoint boolean[])
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, queue_id integer, priority integer, session_id integer, task_state smallint, detail text)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION pulse(p_queues integer[], p_known integer)
  RETURNS TABLE(kind smallint, at timestamp with time zone, id integer, priority integer, sequence bigint, namespace text, callable text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off;

FUNCTION read_domain_events(p_namespace text, p_consumer text, p_limit integer, p_hidden interval)
  RETURNS TABLE(receipt bigint, cursor text, event_id uuid, event_name text, task_uuid uuid, step_uuid uuid, step_state text, published_at timestamp with time zone, message json)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION reject_steps(p_task uuid[], p_step integer[], p_token integer[], p_session integer[])
  RETURNS TABLE(task_uuid uuid, step_index integer, state smallint, queue_id integer, priority integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION renew_access()
  RETURNS void
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION resting_state(p_total integer, p_satisfied integer, p_failed integer, p_active integer)
  RETURNS smallint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION retry_due(p_limit integer)
  RETURNS TABLE(task_uuid uuid, step_index integer, state smallint, queue_id integer, priority integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION step_state(p_name text)
  RETURNS smallint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION step_state_name(p_state smallint)
  RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION step_uuid(p_task uuid, p_index integer)
  RETURNS uuid
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION step_via(p_from smallint, p_to smallint, p_cause smallint)
  RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION task_state(p_name text)
  RETURNS smallint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION task_state_name(p_state smallint)
  RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION task_via(p_from smallint, p_to smallint, p_cause smallint)
  RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION time_out_steps(p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_delay_ms integer[], p_result text[])
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, attempts integer, max_attempts integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION trim_domain_events(p_retention interval, p_limit integer)
  RETURNS bigint
  LANGUAGE sql VOLATILE
  SET search_path=tasker, pg_temp;
