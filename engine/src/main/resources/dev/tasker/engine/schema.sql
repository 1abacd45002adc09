-- The schema as the migrations make it, for review; nothing reads this file. SchemaTest keeps it current.

CREATE TABLE audit_progress (
  single boolean NOT NULL DEFAULT true,
  phase smallint NOT NULL DEFAULT 0,
  task_uuid uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
  step_index integer NOT NULL DEFAULT 0,
  due_at timestamp with time zone NOT NULL DEFAULT '-infinity'::timestamp with time zone,
  session_id integer NOT NULL DEFAULT 0,
  identity_hash bytea NOT NULL DEFAULT '\x'::bytea,
  changes bigint NOT NULL DEFAULT '-1'::integer,
  CONSTRAINT audit_progress_pkey PRIMARY KEY (single),
  CONSTRAINT audit_progress_single_check CHECK (single)
) WITH (fillfactor=50);

CREATE TABLE batches (
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  last_index integer NOT NULL,
  next_index integer NOT NULL,
  CONSTRAINT batches_pkey PRIMARY KEY (task_uuid, step_index)
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
CREATE UNIQUE INDEX domain_events_once ON tasker.domain_events USING btree (task_uuid, step_index, sort_key, event_name, (
CASE
    WHEN (step_state = 2) THEN event_id
    ELSE NULL::uuid
END)) NULLS NOT DISTINCT;

CREATE TABLE lifetime_clocks (
  task_uuid uuid NOT NULL,
  started_at timestamp with time zone NOT NULL,
  CONSTRAINT lifetime_clocks_pkey PRIMARY KEY (task_uuid)
);

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
CREATE INDEX ready_steps_task ON tasker.ready_steps USING btree (task_uuid, step_index);

CREATE TABLE rollup_durations (
  width smallint NOT NULL,
  begun_at timestamp with time zone NOT NULL,
  template_id integer NOT NULL,
  template_step integer NOT NULL,
  bucket smallint NOT NULL,
  entities bigint NOT NULL,
  CONSTRAINT rollup_durations_pkey PRIMARY KEY (width, begun_at, template_id, template_step, bucket)
) WITH (fillfactor=50);

CREATE TABLE rollup_feed (
  position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  changed_at timestamp with time zone NOT NULL,
  template_id integer NOT NULL,
  template_step integer NOT NULL,
  from_state smallint,
  to_state smallint,
  entities integer NOT NULL,
  ages integer[],
  steps integer,
  CONSTRAINT rollup_feed_pkey PRIMARY KEY ("position")
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000);

CREATE TABLE rollup_progress (
  single boolean NOT NULL DEFAULT true,
  low bigint NOT NULL DEFAULT 0,
  before bigint NOT NULL DEFAULT 0,
  newest bigint NOT NULL DEFAULT 0,
  horizon xid8 NOT NULL DEFAULT '0'::xid8,
  compacted_at timestamp with time zone NOT NULL DEFAULT '-infinity'::timestamp with time zone,
  CONSTRAINT rollup_progress_pkey PRIMARY KEY (single),
  CONSTRAINT rollup_progress_single_check CHECK (single)
) WITH (fillfactor=50);

CREATE TABLE rollup_totals (
  template_id integer NOT NULL,
  template_step integer NOT NULL,
  state smallint NOT NULL,
  entities bigint NOT NULL,
  CONSTRAINT rollup_totals_pkey PRIMARY KEY (template_id, template_step, state)
) WITH (fillfactor=50);

CREATE TABLE rollups (
  width smallint NOT NULL,
  begun_at timestamp with time zone NOT NULL,
  template_id integer NOT NULL,
  template_step integer NOT NULL,
  created bigint NOT NULL,
  completed bigint NOT NULL,
  failed bigint NOT NULL,
  executions bigint NOT NULL,
  errors bigint NOT NULL,
  retries bigint NOT NULL,
  timed bigint NOT NULL,
  duration_ms bigint NOT NULL,
  duration_max_ms integer NOT NULL,
  steps bigint NOT NULL,
  last_at timestamp with time zone,
  CONSTRAINT rollups_pkey PRIMARY KEY (width, begun_at, template_id, template_step),
  CONSTRAINT rollups_width_check CHECK ((width = ANY (ARRAY[0, 1, 2])))
) WITH (fillfactor=50);

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

CREATE TABLE staleness_marks (
  kind smallint NOT NULL,
  id integer NOT NULL,
  entered_at timestamp with time zone,
  task_uuid uuid,
  CONSTRAINT staleness_marks_pkey PRIMARY KEY (kind, id)
);

CREATE TABLE staleness_sweeps (
  sole boolean NOT NULL DEFAULT true,
  swept_at timestamp with time zone NOT NULL,
  waiting_for_dependencies_minutes integer NOT NULL,
  waiting_for_retry_minutes integer NOT NULL,
  steps_in_process_minutes integer NOT NULL,
  lifetime_minutes integer NOT NULL,
  fails boolean NOT NULL,
  CONSTRAINT staleness_sweeps_pkey PRIMARY KEY (sole),
  CONSTRAINT staleness_sweeps_sole_check CHECK (sole)
);

CREATE TABLE step_changes (
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  sort_key integer NOT NULL,
  from_state smallint NOT NULL,
  to_state smallint NOT NULL,
  cause smallint NOT NULL,
  created_at timestamp with time zone NOT NULL,
  session_id integer,
  execution_time_ms integer,
  detail text
) PARTITION BY RANGE (task_uuid);

CREATE TABLE task_changes (
  task_uuid uuid NOT NULL,
  sort_key integer NOT NULL,
  from_state smallint NOT NULL,
  to_state smallint NOT NULL,
  cause smallint NOT NULL,
  created_at timestamp with time zone NOT NULL,
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  detail text
) PARTITION BY RANGE (task_uuid);

CREATE TABLE task_identities (
  identity_hash bytea NOT NULL,
  task_uuid uuid NOT NULL,
  CONSTRAINT task_identities_pkey PRIMARY KEY (identity_hash)
);

CREATE TABLE task_namespaces (
  task_namespace_uuid uuid NOT NULL,
  name character varying(64) NOT NULL,
  description character varying(255),
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT task_namespaces_pkey PRIMARY KEY (task_namespace_uuid),
  CONSTRAINT task_namespaces_name_key UNIQUE (name)
);

CREATE TABLE task_periods (
  starts_at timestamp with time zone NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  suffix character varying(40) NOT NULL,
  retiring_since timestamp with time zone,
  CONSTRAINT task_periods_pkey PRIMARY KEY (starts_at),
  CONSTRAINT task_periods_check CHECK ((ends_at > starts_at)),
  CONSTRAINT task_periods_suffix_key UNIQUE (suffix)
);

CREATE TABLE task_requests (
  task_uuid uuid NOT NULL,
  template_id integer NOT NULL,
  priority integer NOT NULL,
  identity_hash bytea NOT NULL,
  correlation_id uuid NOT NULL,
  parent_correlation_id uuid,
  initiator character varying(128) NOT NULL,
  source_system character varying(128) NOT NULL,
  reason character varying(128) NOT NULL,
  tags text,
  context text NOT NULL,
  traceparent text,
  CONSTRAINT task_requests_pkey PRIMARY KEY (task_uuid)
) PARTITION BY RANGE (task_uuid);

CREATE TABLE tasks (
  task_uuid uuid NOT NULL,
  template_id integer NOT NULL,
  priority integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  total_steps integer NOT NULL,
  satisfied_steps integer NOT NULL DEFAULT 0,
  failed_steps integer NOT NULL DEFAULT 0,
  active_steps integer NOT NULL,
  graph_version integer NOT NULL DEFAULT 0,
  state smallint NOT NULL,
  version integer NOT NULL,
  entered_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT tasks_pkey PRIMARY KEY (task_uuid)
) PARTITION BY RANGE (task_uuid);
CREATE INDEX tasks_listed ON ONLY tasker.tasks USING btree (state, template_id, task_uuid);
CREATE INDEX tasks_unfinished ON ONLY tasker.tasks USING btree (state, template_id, entered_at) WHERE (state < 8);

CREATE TABLE tasks_dlq (
  dlq_entry_uuid uuid NOT NULL,
  task_uuid uuid NOT NULL,
  original_state character varying(50) NOT NULL,
  dlq_reason character varying(32) NOT NULL,
  dlq_timestamp timestamp with time zone NOT NULL,
  resolution_status character varying(32) NOT NULL DEFAULT 'pending'::character varying,
  resolution_timestamp timestamp with time zone,
  resolution_notes text,
  resolved_by character varying(255),
  task_snapshot text NOT NULL,
  metadata text,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT tasks_dlq_pkey PRIMARY KEY (dlq_entry_uuid),
  CONSTRAINT tasks_dlq_check CHECK ((((resolution_status)::text = 'pending'::text) OR (resolution_timestamp IS NOT NULL))),
  CONSTRAINT tasks_dlq_dlq_reason_check CHECK (((dlq_reason)::text = ANY ((ARRAY['staleness_timeout'::character varying, 'max_retries_exceeded'::character varying, 'dependency_cycle_detected'::character varying, 'worker_unavailable'::character varying, 'manual_dlq'::character varying])::text[]))),
  CONSTRAINT tasks_dlq_resolution_status_check CHECK (((resolution_status)::text = ANY ((ARRAY['pending'::character varying, 'manually_resolved'::character varying, 'permanently_failed'::character varying, 'cancelled'::character varying])::text[])))
);
CREATE INDEX idx_dlq_task ON tasker.tasks_dlq USING btree (task_uuid, created_at);
CREATE INDEX idx_dlq_timestamp ON tasker.tasks_dlq USING btree (dlq_timestamp, dlq_entry_uuid);
CREATE UNIQUE INDEX idx_dlq_unique_pending_task ON tasker.tasks_dlq USING btree (task_uuid) WHERE ((resolution_status)::text = 'pending'::text);

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
  waiting_for_dependencies_minutes integer,
  waiting_for_retry_minutes integer,
  steps_in_process_minutes integer,
  duration_minutes integer,
  fails_stale boolean NOT NULL DEFAULT true,
  dead_letters_stale boolean NOT NULL DEFAULT true,
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
  template_id integer NOT NULL,
  template_step integer NOT NULL,
  total_parents integer NOT NULL,
  max_attempts integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  retryable boolean NOT NULL,
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
  CONSTRAINT workflow_steps_pkey PRIMARY KEY (task_uuid, step_index)
) PARTITION BY RANGE (task_uuid);

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

VIEW rollup_feed_changes (
  position bigint,
  template_id integer,
  template_step integer,
  state smallint,
  entities bigint
);

VIEW state_totals (
  template_id integer,
  template_step integer,
  state smallint,
  entities bigint
);

VIEW step_dag_relationships (
  workflow_step_uuid uuid,
  task_uuid uuid,
  named_step_uuid uuid,
  parent_step_uuids jsonb,
  child_step_uuids jsonb,
  parent_count integer,
  child_count integer,
  is_root_step boolean,
  is_leaf_step boolean,
  min_depth_from_root integer
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

VIEW template_names (
  template_id integer,
  namespace_name character varying(64),
  task_name character varying(64),
  version character varying(16),
  named_task_uuid uuid,
  document text
);

VIEW v_dlq_dashboard (
  dlq_reason character varying(32),
  total_entries bigint,
  pending bigint,
  manually_resolved bigint,
  permanent_failures bigint,
  cancelled bigint,
  oldest_entry timestamp with time zone,
  newest_entry timestamp with time zone,
  avg_resolution_time_minutes double precision
);

VIEW v_dlq_investigation_queue (
  dlq_entry_uuid uuid,
  task_uuid uuid,
  original_state character varying(50),
  dlq_reason character varying(32),
  dlq_timestamp timestamp with time zone,
  minutes_in_dlq double precision,
  namespace_name character varying(64),
  task_name character varying(64),
  current_state text,
  time_in_state_minutes integer,
  priority_score double precision
);

VIEW v_task_staleness_monitoring (
  task_uuid uuid,
  namespace_name text,
  task_name text,
  current_state text,
  time_in_state_minutes integer,
  task_age_minutes integer,
  staleness_threshold_minutes integer,
  health_status text,
  priority integer
);

VIEW v_task_state_analysis (
  task_uuid uuid,
  correlation_id uuid,
  namespace_name character varying(64),
  namespace_uuid uuid,
  task_name character varying(64),
  named_task_uuid uuid,
  template_config json,
  current_state text,
  state_entered_at timestamp with time zone,
  time_in_state_minutes numeric,
  task_age_minutes numeric,
  priority integer,
  complete boolean
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

FUNCTION adopt_leases(p_session integer, p_batch bigint, p_task uuid[], p_step integer[], p_token integer[])
  RETURNS TABLE(task_uuid uuid, step_index integer, token integer, attempts integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
  SET lock_timeout=10s;

FUNCTION analyze_hot_tables()
  RETURNS void
  LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER
  SET search_path=tasker, pg_temp;

FUNCTION audit_identities(p_after bytea, p_limit integer)
  RETURNS TABLE(code text, identity_hash bytea, task_uuid uuid, expected text, found text)
  LANGUAGE plpgsql STABLE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off;

FUNCTION audit_pass(p_tasks integer, p_steps integer)
  RETURNS TABLE(kind integer, task_uuid uuid, step_index integer, due_at timestamp with time zone, session_id integer, identity_hash bytea, tasks integer, walk text)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET lock_timeout=10s;

FUNCTION audit_piece(p_from uuid, p_until uuid, p_tasks integer, p_steps integer, OUT next uuid, OUT tasks integer, OUT steps bigint)
  RETURNS record
  LANGUAGE plpgsql STABLE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off;

FUNCTION audit_queues()
  RETURNS TABLE(namespace text, callable text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off;

FUNCTION audit_sessions(p_after integer, p_limit integer)
  RETURNS TABLE(code text, session_id integer, expected text, found text)
  LANGUAGE plpgsql STABLE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off;

FUNCTION audit_tasks(p_from uuid, p_to uuid, p_all boolean)
  RETURNS TABLE(code text, task_uuid uuid, step_index integer, expected text, found text)
  LANGUAGE plpgsql STABLE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_nestloop=off
  SET jit=off
  SET work_mem=64MB;

FUNCTION audit_timers(p_due timestamp with time zone, p_task uuid, p_step integer, p_limit integer)
  RETURNS TABLE(code text, task_uuid uuid, step_index integer, expected text, found text, due_at timestamp with time zone)
  LANGUAGE plpgsql STABLE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off;

FUNCTION audit_totals()
  RETURNS TABLE(code text, template_id integer, template_step integer, state text, expected bigint, found bigint)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION begin_retirement(p_suffix text)
  RETURNS boolean
  LANGUAGE sql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION calculate_dependency_levels(input_task_uuid uuid)
  RETURNS TABLE(workflow_step_uuid uuid, dependency_level integer)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION calculate_step_next_retry_time(backoff_request_seconds integer, last_attempted_at timestamp with time zone, failure_time timestamp with time zone, attempts integer, p_max_backoff_seconds integer, p_backoff_multiplier numeric)
  RETURNS timestamp with time zone
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION cancel_tasks(p_task uuid[], p_detail text[])
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, token integer, session_id integer, state smallint, detail text)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
  SET lock_timeout=10s;

FUNCTION cause(p_name text)
  RETURNS smallint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION changes_of_namespace(p_namespace text, p_after bigint, p_walk integer)
  RETURNS TABLE(transaction_id bigint, task_uuid uuid, sort_key integer, task_name text, version text, from_state text, to_state text, via text[], created_at timestamp with time zone, action text, actor text, subject text, reason text, is_cut boolean)
  LANGUAGE plpgsql STABLE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off;

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
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
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
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
  SET lock_timeout=10s;

FUNCTION clear_checkpoint(p_task uuid, p_step integer)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET lock_timeout=10s;

FUNCTION compact_rollups(p_width integer, p_minutes_from timestamp with time zone, p_hours_from timestamp with time zone)
  RETURNS void
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION complete_steps(p_batch bigint, p_renew integer[], p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_outcome smallint[], p_delay_ms integer[], p_execution_ms integer[], p_result text[], p_refusal text[], p_accept_task uuid[], p_accept_step integer[], p_accept_session integer[], p_event_task uuid[], p_event_step integer[], p_event_state integer[], p_event_id uuid[], p_event_namespace text[], p_event_name text[], p_event_message text[])
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, attempts integer, queue_id integer, priority integer, session_id integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
  SET lock_timeout=10s;

FUNCTION computed_priority(p_priority integer, p_seconds_in_state numeric, p_age_seconds numeric)
  RETURNS numeric
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION create_period(p_start timestamp with time zone, p_end timestamp with time zone)
  RETURNS void
  LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER
  SET search_path=tasker, pg_temp
  SET lock_timeout=200ms;

FUNCTION create_periods(p_unit text, p_ahead integer, OUT created integer, OUT covered_from timestamp with time zone, OUT covered_until timestamp with time zone)
  RETURNS record
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET lock_timeout=200ms;

FUNCTION create_tasks(p_batch bigint, p_renew integer[], p_task uuid[], p_template integer[], p_priority integer[], p_identity bytea[], p_correlation uuid[], p_parent_correlation uuid[], p_initiator text[], p_source_system text[], p_reason text[], p_tags text[], p_context text[], p_session integer[], p_traceparent text[])
  RETURNS TABLE("position" integer, owner uuid)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION dead_letter_each(p_task uuid[], p_reason text[], p_state smallint[], p_version integer[], p_threshold integer[], p_enters boolean[], p_fails boolean[])
  RETURNS TABLE(task_uuid uuid, dlq_entry_uuid uuid, failed boolean)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET jit=off;

FUNCTION dead_letter_tasks(p_task uuid[], p_reason text[], p_state smallint[], p_version integer[], p_threshold integer[], p_enters boolean[], p_fails boolean[], p_metadata text[])
  RETURNS TABLE(task_uuid uuid, unchanged boolean, dlq_entry_uuid uuid, failed boolean, namespace_name text, task_name text, state smallint, minutes integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET jit=off
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION engine_now()
  RETURNS timestamp with time zone
  LANGUAGE sql STABLE PARALLEL SAFE;

FUNCTION evaluate_step_state_readiness(current_state text, processed boolean, in_process boolean, dependencies_satisfied boolean, retry_eligible boolean, retryable boolean, next_retry_time timestamp with time zone)
  RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path=tasker, pg_temp;

FUNCTION examine_identity(p_identity bytea, p_repair boolean)
  RETURNS TABLE(code text, step_index integer, expected text, found text, repaired boolean)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off
  SET lock_timeout=10s;

FUNCTION examine_session(p_session integer, p_repair boolean)
  RETURNS TABLE(code text, step_index integer, expected text, found text, repaired boolean)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off
  SET lock_timeout=10s;

FUNCTION examine_task(p_task uuid, p_repair boolean)
  RETURNS TABLE(code text, step_index integer, expected text, found text, repaired boolean)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off
  SET lock_timeout=10s;

FUNCTION examine_timer(p_due timestamp with time zone, p_task uuid, p_step integer, p_repair boolean)
  RETURNS TABLE(code text, step_index integer, expected text, found text, repaired boolean)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off
  SET lock_timeout=10s;

FUNCTION examine_totals(p_repair boolean)
  RETURNS TABLE(code text, step_index integer, expected text, found text, repaired boolean)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET lock_timeout=10s;

FUNCTION expire_session(p_session integer, p_grace_ms integer, p_results text[], p_batches integer)
  RETURNS TABLE(task_uuid uuid, step_index integer, state smallint, queue_id integer, priority integer, attempts integer, max_attempts integer, ending integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
  SET lock_timeout=10s;

FUNCTION feed_dropped_steps(p_from uuid, p_to uuid)
  RETURNS void
  LANGUAGE sql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION feed_dropped_tasks(p_from uuid, p_to uuid)
  RETURNS void
  LANGUAGE sql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION feed_removed_steps()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE;

FUNCTION feed_removed_tasks()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE;

FUNCTION feed_steps()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE;

FUNCTION feed_tasks()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE;

FUNCTION feed_truncated()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE;

FUNCTION find_stuck_tasks(p_timeout_minutes integer)
  RETURNS TABLE(task_uuid uuid, current_state text, processor_uuid uuid, stuck_duration_minutes integer)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off;

FUNCTION finish_retirement(p_suffix text, p_archive boolean)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER
  SET search_path=tasker, pg_temp
  SET lock_timeout=200ms;

FUNCTION first_uuid_of(p_at timestamp with time zone)
  RETURNS uuid
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION fold_rollups(p_limit integer, p_keep_minutes interval, p_keep_hours interval, p_keep_days interval)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET lock_timeout=10s;

FUNCTION get_analytics_metrics(since_timestamp timestamp with time zone)
  RETURNS TABLE(active_tasks_count bigint, total_namespaces_count bigint, unique_task_types_count bigint, system_health_score numeric, task_throughput bigint, completion_count bigint, error_count bigint, completion_rate numeric, error_rate numeric, avg_task_duration numeric, avg_step_duration numeric, step_throughput bigint, analysis_period_start timestamp with time zone, calculated_at timestamp with time zone)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_current_task_state(p_task_uuid uuid)
  RETURNS character varying
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_duration_percentiles(p_since timestamp with time zone, p_fractions double precision[], p_namespace text, p_name text, p_version text, p_step text)
  RETURNS double precision[]
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_next_ready_task()
  RETURNS TABLE(task_uuid uuid, task_name text, priority integer, namespace_name text, ready_steps_count bigint, computed_priority numeric, current_state text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_next_ready_tasks(p_limit integer)
  RETURNS TABLE(task_uuid uuid, task_name text, priority integer, namespace_name text, ready_steps_count bigint, computed_priority numeric, current_state text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off;

FUNCTION get_slowest_steps(since_timestamp timestamp with time zone, limit_count integer, namespace_filter text, task_name_filter text, version_filter text)
  RETURNS TABLE(workflow_step_uuid uuid, task_uuid uuid, step_name text, task_name text, namespace_name text, version text, duration_seconds numeric, attempts integer, created_at timestamp with time zone, completed_at timestamp with time zone, retryable boolean, step_status text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_slowest_steps_aggregated(since_timestamp timestamp with time zone, limit_count integer, namespace_filter text, task_name_filter text, version_filter text, min_executions integer)
  RETURNS TABLE(namespace_name text, task_name text, version text, step_name text, average_duration_seconds numeric, max_duration_seconds numeric, execution_count bigint, error_count bigint, error_rate numeric, last_executed_at timestamp with time zone)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_slowest_tasks(since_timestamp timestamp with time zone, limit_count integer, namespace_filter text, task_name_filter text, version_filter text)
  RETURNS TABLE(task_uuid uuid, task_name text, namespace_name text, version text, duration_seconds numeric, step_count bigint, completed_steps bigint, error_steps bigint, created_at timestamp with time zone, completed_at timestamp with time zone, initiator text, source_system text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_slowest_tasks_aggregated(since_timestamp timestamp with time zone, limit_count integer, namespace_filter text, task_name_filter text, version_filter text, min_executions integer)
  RETURNS TABLE(namespace_name text, task_name text, version text, average_duration_seconds numeric, max_duration_seconds numeric, execution_count bigint, average_step_count numeric, total_error_steps bigint, error_rate numeric, last_executed_at timestamp with time zone)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_step_readiness_status(input_task_uuid uuid, step_uuids uuid[])
  RETURNS TABLE(workflow_step_uuid uuid, task_uuid uuid, named_step_uuid uuid, name text, current_state text, dependencies_satisfied boolean, retry_eligible boolean, ready_for_execution boolean, last_failure_at timestamp with time zone, next_retry_at timestamp with time zone, total_parents integer, completed_parents integer, attempts integer, max_attempts integer, backoff_request_seconds integer, last_attempted_at timestamp with time zone)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_step_readiness_status_batch(input_task_uuids uuid[], step_uuids uuid[])
  RETURNS TABLE(workflow_step_uuid uuid, task_uuid uuid, named_step_uuid uuid, name text, current_state text, dependencies_satisfied boolean, retry_eligible boolean, ready_for_execution boolean, last_failure_at timestamp with time zone, next_retry_at timestamp with time zone, total_parents integer, completed_parents integer, attempts integer, max_attempts integer, backoff_request_seconds integer, last_attempted_at timestamp with time zone)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_step_transitive_dependencies(target_step_uuid uuid)
  RETURNS TABLE(workflow_step_uuid uuid, task_uuid uuid, named_step_uuid uuid, step_name text, results json, processed boolean, distance integer)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_system_health_counts()
  RETURNS TABLE(pending_tasks bigint, initializing_tasks bigint, enqueuing_steps_tasks bigint, steps_in_process_tasks bigint, evaluating_results_tasks bigint, waiting_for_dependencies_tasks bigint, waiting_for_retry_tasks bigint, blocked_by_failures_tasks bigint, complete_tasks bigint, error_tasks bigint, cancelled_tasks bigint, resolved_manually_tasks bigint, total_tasks bigint, pending_steps bigint, enqueued_steps bigint, in_progress_steps bigint, enqueued_for_orchestration_steps bigint, enqueued_as_error_for_orchestration_steps bigint, waiting_for_retry_steps bigint, complete_steps bigint, error_steps bigint, cancelled_steps bigint, resolved_manually_steps bigint, total_steps bigint)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_task_execution_context(input_task_uuid uuid)
  RETURNS TABLE(task_uuid uuid, named_task_uuid uuid, status text, total_steps bigint, pending_steps bigint, in_progress_steps bigint, completed_steps bigint, failed_steps bigint, ready_steps bigint, execution_status text, recommended_action text, completion_percentage numeric, health_status text, enqueued_steps bigint)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_task_execution_contexts_batch(input_task_uuids uuid[])
  RETURNS TABLE(task_uuid uuid, named_task_uuid uuid, status text, total_steps bigint, pending_steps bigint, in_progress_steps bigint, completed_steps bigint, failed_steps bigint, ready_steps bigint, execution_status text, recommended_action text, completion_percentage numeric, health_status text, enqueued_steps bigint)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_task_ready_info(p_task_uuid uuid)
  RETURNS TABLE(task_uuid uuid, task_name text, priority integer, namespace_name text, ready_steps_count bigint, computed_priority numeric, current_state text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_task_summaries(input_task_uuids uuid[])
  RETURNS TABLE(task_uuid uuid, named_task_uuid uuid, task_name text, task_version text, namespace_name text, task_status text, created_at timestamp with time zone, updated_at timestamp with time zone, completed_at timestamp with time zone, initiator text, source_system text, reason text, correlation_id uuid, template_configuration json, step_summaries json, execution_context json, dlq_status json)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION get_task_summary(input_task_uuid uuid)
  RETURNS TABLE(task_uuid uuid, named_task_uuid uuid, task_name text, task_version text, namespace_name text, task_status text, created_at timestamp with time zone, updated_at timestamp with time zone, completed_at timestamp with time zone, initiator text, source_system text, reason text, correlation_id uuid, template_configuration json, step_summaries json, execution_context json, dlq_status json)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

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
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
  SET lock_timeout=10s;

FUNCTION grow_and_operate(p_task uuid[], p_step integer[], p_action smallint[], p_result text[], p_detail text[], p_clear_checkpoint boolean[], p_grow_task uuid[], p_grow_step integer[], p_grow_token integer[], p_grow_version integer[], p_new_task uuid[], p_new_step integer[], p_new_queue integer[], p_new_template integer[], p_new_batch integer[], p_new_retryable integer[], p_new_max integer[], p_new_parents integer[], p_new_children text[], p_new_name text[], p_new_inputs text[], p_edge_task uuid[], p_edge_from integer[], p_edge_to integer[], p_edge_barrier integer[], p_gain_task uuid[], p_gain_step integer[], p_gain_parents integer[], p_batch_task uuid[], p_batch_step integer[], p_batch_last integer[], p_batch_next integer[])
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, queue_id integer, priority integer, session_id integer, task_state smallint, detail text)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET lock_timeout=10s;

FUNCTION heartbeat(p_sessions integer[], p_batch bigint, p_held_session integer[], p_held_task uuid[], p_held_step integer[], p_held_token integer[], p_timeline text)
  RETURNS TABLE(session_id integer, task_uuid uuid, step_index integer, token integer, cancelled boolean, timeline text)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=5s;

FUNCTION in_span(p_uuid uuid, p_low uuid, p_high uuid)
  RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION in_state(p_state smallint, p_wanted smallint)
  RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION index_of_step(p_step uuid)
  RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION json_has(p_document json, p_path text, p_value text)
  RETURNS boolean
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE;

FUNCTION keep_domain_events(p_task uuid[], p_step integer[], p_state integer[], p_id uuid[], p_namespace text[], p_name text[], p_message text[])
  RETURNS TABLE(number integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off;

FUNCTION last_error(p_result text)
  RETURNS json
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION leases_of(p_session integer)
  RETURNS TABLE(task_uuid uuid, step_index integer, token integer, attempts integer, queue_id integer)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off;

FUNCTION list_tasks(p_namespace text, p_name text, p_version text, p_states integer[], p_from uuid, p_until uuid, p_initiator text, p_source_system text, p_tags text[], p_before uuid, p_offset integer, p_limit integer, p_examine integer, p_sort text, p_ascending boolean, p_correlation uuid, p_parent_correlation uuid, p_priority_min integer, p_priority_max integer, p_updated_from timestamp with time zone, p_updated_until timestamp with time zone, p_words text[], p_paths text[], p_values text[], p_bytes bigint)
  RETURNS TABLE(tasks uuid[], total bigint, is_exact boolean, next uuid)
  LANGUAGE plpgsql STABLE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off
  SET enable_bitmapscan=off;

FUNCTION minutes_between(p_from timestamp with time zone, p_to timestamp with time zone)
  RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION monitored_staleness(p_waiting_for_dependencies integer, p_waiting_for_retry integer, p_steps_in_process integer, p_limit bigint)
  RETURNS TABLE(task_uuid uuid, namespace_name text, task_name text, current_state text, time_in_state_minutes integer, task_age_minutes integer, staleness_threshold_minutes integer, health_status text, priority integer)
  LANGUAGE sql STABLE
  SECURITY DEFINER
  SET search_path=tasker, pg_temp
  SET jit=off
  SET enable_seqscan=off
  SET enable_bitmapscan=off;

FUNCTION named_step_uuid(p_name text)
  RETURNS uuid
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION new_uuid(p_at timestamp with time zone)
  RETURNS uuid
  LANGUAGE sql VOLATILE PARALLEL SAFE;

FUNCTION newest_tasks(p_since timestamp with time zone, p_namespace text, p_name text, p_version text)
  RETURNS TABLE(task_uuid uuid)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION operate_steps(p_task uuid[], p_step integer[], p_action smallint[], p_result text[], p_detail text[], p_clear_checkpoint boolean[])
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, queue_id integer, priority integer, session_id integer, task_state smallint, detail text)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
  SET lock_timeout=10s;

FUNCTION partitioned_tables()
  RETURNS TABLE("position" integer, name text, key text, storage text)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION partitions_of(p_suffix text)
  RETURNS TABLE(parent text, partition text, state text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION pinning_horizon()
  RETURNS TABLE(kind text, name text, pid integer, "user" text, application text, database text, holds text, since timestamp with time zone, query_start timestamp with time zone, query text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION publish_domain_events(p_task uuid, p_step integer, p_token integer, p_namespace text, p_id uuid[], p_name text[], p_message text[])
  RETURNS TABLE(number integer, event_id uuid, fresh boolean)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off;

FUNCTION pulse(p_queues integer[], p_known integer)
  RETURNS TABLE(kind smallint, at timestamp with time zone, id integer, priority integer, sequence bigint, namespace text, callable text)
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp
  SET enable_seqscan=off;

FUNCTION read_domain_events(p_namespace text, p_consumer text, p_limit integer, p_hidden interval)
  RETURNS TABLE(receipt bigint, cursor text, event_id uuid, event_name text, task_uuid uuid, step_uuid uuid, step_state text, published_at timestamp with time zone, message json)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION read_task(p_task uuid)
  RETURNS TABLE(step_index integer, name text, template_step integer, state smallint, created_at timestamp with time zone, entered_at timestamp with time zone, last_attempted_at timestamp with time zone, next_retry_at timestamp with time zone, total_parents integer, pending_parents integer, attempts integer, max_attempts integer, retryable boolean, backoff_request_seconds integer, result text, now timestamp with time zone, template_id integer, task_state smallint, task_created_at timestamp with time zone, task_updated_at timestamp with time zone, task_entered_at timestamp with time zone, context text, initiator text, source_system text, reason text, priority integer, tags text, correlation_id uuid, parent_correlation_id uuid)
  LANGUAGE plpgsql STABLE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off;

FUNCTION readable_json(p_document text)
  RETURNS json
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION reenter_session(p_session integer, p_uuid uuid, p_node uuid, p_worker text, p_in_process boolean, p_lease interval)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION reject_steps(p_task uuid[], p_step integer[], p_token integer[], p_session integer[], p_unhandled boolean[])
  RETURNS TABLE(task_uuid uuid, step_index integer, state smallint, queue_id integer, priority integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
  SET lock_timeout=10s;

FUNCTION remove_identities(p_suffix text, p_after uuid, p_limit integer)
  RETURNS uuid
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION renew_access()
  RETURNS void
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION reopen_period(p_suffix text)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER
  SET search_path=tasker, pg_temp
  SET lock_timeout=200ms;

FUNCTION reopen_tasks(p_task uuid[], p_detail text[])
  RETURNS TABLE(kind smallint, task_uuid uuid, step_index integer, state smallint, queue_id integer, priority integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=10s;

FUNCTION resting_state(p_total integer, p_satisfied integer, p_failed integer, p_active integer)
  RETURNS smallint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION retirable_periods(p_keep interval)
  RETURNS TABLE(suffix text, starts_at timestamp with time zone, ends_at timestamp with time zone, retiring boolean, unfinished bigint, examples uuid[])
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION retry_due(p_limit integer)
  RETURNS TABLE(task_uuid uuid, step_index integer, state smallint, queue_id integer, priority integer)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
  SET lock_timeout=10s;

FUNCTION rollup_age(p_from timestamp with time zone, p_to timestamp with time zone)
  RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION rollup_bucket(p_ms integer)
  RETURNS smallint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION rollup_bucket_ms(p_bucket smallint)
  RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION rollup_span(p_at timestamp with time zone, p_minutes_from timestamp with time zone, p_hours_from timestamp with time zone, OUT width smallint, OUT begun_at timestamp with time zone)
  RETURNS record
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION rollups_since(p_since timestamp with time zone)
  RETURNS SETOF rollups
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION spared_by_checkpoints(p_task uuid, p_threshold interval, p_stall interval)
  RETURNS boolean
  LANGUAGE sql STABLE
  SET search_path=tasker, pg_temp
  SET jit=off
  SET enable_seqscan=off;

FUNCTION state_after(p_from smallint, p_total integer, p_satisfied integer, p_failed integer, p_active integer)
  RETURNS smallint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

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

FUNCTION sweep_stale_tasks(p_again boolean, p_interval interval, p_dry_run boolean, p_limit integer, p_visits integer, p_waiting_for_dependencies integer, p_waiting_for_retry integer, p_steps_in_process integer, p_lifetime integer, p_stall integer, p_enters boolean, p_fails boolean, p_exhausted boolean)
  RETURNS TABLE(kind smallint, task_uuid uuid, namespace_name text, task_name text, state smallint, minutes integer, threshold integer, reason text, action text, entered boolean, failed boolean, wait_ms bigint)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET jit=off
  SET plan_cache_mode=force_generic_plan
  SET enable_seqscan=off
  SET enable_bitmapscan=off
  SET enable_hashjoin=off
  SET enable_mergejoin=off
  SET lock_timeout=5s;

FUNCTION task_edges(p_task uuid)
  RETURNS TABLE(from_index integer, to_index integer)
  LANGUAGE sql STABLE
  SECURITY DEFINER
  SET search_path=tasker, pg_temp;

FUNCTION task_of_step(p_step uuid)
  RETURNS uuid
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
  SET seq_page_cost=0
  SET random_page_cost=0
  SET cpu_operator_cost=0.0001
  SET lock_timeout=10s;

FUNCTION timeline()
  RETURNS text
  LANGUAGE plpgsql STABLE
  SET search_path=tasker, pg_temp;

FUNCTION trim_domain_events(p_retention interval, p_limit integer)
  RETURNS bigint
  LANGUAGE sql VOLATILE
  SET search_path=tasker, pg_temp;

FUNCTION update_dead_letter(p_entry uuid, p_status text, p_notes text, p_by text, p_metadata text)
  RETURNS TABLE(edited boolean, status text, reason text, hours double precision)
  LANGUAGE plpgsql VOLATILE
  SET search_path=tasker, pg_temp
  SET jit=off
  SET lock_timeout=10s;

FUNCTION uuid_at(p_time timestamp with time zone)
  RETURNS uuid
  LANGUAGE sql IMMUTABLE PARALLEL SAFE;

FUNCTION uuid_range(p_uuids uuid[])
  RETURNS uuid[]
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE;
