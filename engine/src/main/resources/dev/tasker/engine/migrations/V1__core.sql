-- Locks: none that anybody waits for: every table is new.
-- Cost: milliseconds, on an empty schema.
-- The core tables. Runs on an empty schema: no locks, no cost.
-- Names of columns follow the domain model; the tables themselves are private, the views of R__8_views.sql are public.

-- Catalogue -----------------------------------------------------------------------------------------------------------

CREATE TABLE task_namespaces (
  task_namespace_uuid uuid PRIMARY KEY,
  name varchar(64) NOT NULL UNIQUE,
  description varchar(255),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE named_tasks (
  named_task_uuid uuid PRIMARY KEY,
  task_namespace_uuid uuid NOT NULL REFERENCES task_namespaces,
  name varchar(64) NOT NULL,
  version varchar(16) NOT NULL,
  description varchar(255),
  identity_strategy varchar(16) NOT NULL CHECK (identity_strategy IN ('strict', 'caller_provided', 'always_unique')),
  template_id integer NOT NULL, -- the document that new tasks start with
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (task_namespace_uuid, name, version)
);

-- Every document a named task ever had. Tasks keep the one they started with, so rows are never changed or removed.
CREATE TABLE templates (
  template_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  named_task_uuid uuid NOT NULL REFERENCES named_tasks DEFERRABLE INITIALLY DEFERRED,
  content_hash varchar(64) NOT NULL,
  document text NOT NULL,       -- canonical JSON of the template after its environment overlay
  initial_steps integer NOT NULL,
  at_most_once integer[],       -- indices of the definitions whose attempts are not repeated when their worker is lost, null: none
  -- how long its tasks may rest in a state, and live in all; null: as configured. And what becomes of those that took longer (01 §5.2)
  waiting_for_dependencies_minutes integer,
  waiting_for_retry_minutes integer,
  steps_in_process_minutes integer,
  duration_minutes integer,
  fails_stale boolean NOT NULL DEFAULT true,
  dead_letters_stale boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (named_task_uuid, content_hash)
);

-- A queue is what a claim takes from: a callable of a namespace, interned so that hot rows carry four bytes.
CREATE TABLE queues (
  queue_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  namespace varchar(64) NOT NULL,
  callable varchar(500) NOT NULL,
  UNIQUE (namespace, callable)
);

-- The steps of a template that exist from the start, as creation copies them.
CREATE TABLE template_steps (
  template_id integer NOT NULL REFERENCES templates,
  step_index integer NOT NULL,
  queue_id integer NOT NULL REFERENCES queues,
  parents integer NOT NULL,
  children integer[],           -- null when there is none
  retryable boolean NOT NULL,
  max_attempts integer NOT NULL,
  PRIMARY KEY (template_id, step_index)
);

-- Tasks ---------------------------------------------------------------------------------------------------------------

-- Everything about a task is partitioned by its uuid, whose first bits are its time, so that what is old can be detached and dropped. Without
-- a default partition, which would forbid DETACH CONCURRENTLY. Storage parameters are in partitioned_tables(), which lists these tables.

-- Who owns an identity: makes creation idempotent over all partitions. Lives as long as its task.
CREATE TABLE task_identities (
  identity_hash bytea PRIMARY KEY,
  task_uuid uuid NOT NULL
);

-- What a task was asked for; written once.
CREATE TABLE task_requests (
  task_uuid uuid PRIMARY KEY,
  template_id integer NOT NULL,
  priority integer NOT NULL,
  identity_hash bytea NOT NULL,
  correlation_id uuid NOT NULL,
  parent_correlation_id uuid,
  initiator varchar(128) NOT NULL,
  source_system varchar(128) NOT NULL,
  reason varchar(128) NOT NULL,
  tags text,                    -- JSON array or object, verbatim
  context text NOT NULL,        -- JSON object, verbatim
  traceparent text              -- W3C trace context of whoever asked
) PARTITION BY RANGE (task_uuid);

-- The row that changes. No foreign key: 30 % of the rate. No CHECK: PostgreSQL reads it from its text again in every call; audit_tasks
-- looks. Changing columns stand together, last, so that an update logs little.
CREATE TABLE tasks (
  task_uuid uuid PRIMARY KEY,
  template_id integer NOT NULL,
  priority integer NOT NULL,
  created_at timestamptz NOT NULL,
  total_steps integer NOT NULL,
  satisfied_steps integer NOT NULL DEFAULT 0,
  failed_steps integer NOT NULL DEFAULT 0,
  active_steps integer NOT NULL, -- enqueued or in progress
  graph_version integer NOT NULL DEFAULT 0, -- how often steps were added at run time
  state smallint NOT NULL,
  version integer NOT NULL,
  entered_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
) PARTITION BY RANGE (task_uuid);
-- Staleness, unfinished tasks only. By template, because each has thresholds of its own; the column fills a gap of alignment, so that an entry
-- is no larger for it.
CREATE INDEX tasks_unfinished ON tasks (state, template_id, entered_at) WHERE state < 8;
-- Lists by state and template, newest first. A change of state writes it once more, as it does the primary key anyway.
CREATE INDEX tasks_listed ON tasks (state, template_id, task_uuid);

-- Step uuids are not stored: step_uuid(task_uuid, step_index) is the task's uuid with the index in its last 20 bits.
CREATE TABLE workflow_steps (
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  queue_id integer NOT NULL,
  template_id integer NOT NULL, -- its task's, so that a change of the step is counted without reading the task
  template_step integer NOT NULL, -- index of the definition in the template; differs from step_index for batch instances
  total_parents integer NOT NULL,
  max_attempts integer NOT NULL,
  created_at timestamptz NOT NULL,
  retryable boolean NOT NULL,
  batch_step integer,           -- the batchable step that created this instance, null for others
  name varchar(128),            -- null: the template's name
  children integer[],           -- null when there is none
  inputs text,                  -- JSON, null: the handler's initialization
  pending_parents integer NOT NULL,
  attempts integer NOT NULL,
  lease_token integer NOT NULL,
  state smallint NOT NULL,
  version integer NOT NULL,
  entered_at timestamptz NOT NULL,
  session_id integer,           -- holder of the lease, exactly while in progress
  last_attempted_at timestamptz,
  next_retry_at timestamptz,
  backoff_request_seconds integer,
  checkpoint text,              -- JSON object without its history, which checkpoint_record() puts back
  checkpoint_history text[],    -- JSON objects, the last 100; null exactly when checkpoint is
  result text,                  -- last StepExecutionResult, verbatim
  PRIMARY KEY (task_uuid, step_index)
) PARTITION BY RANGE (task_uuid);

-- The slots of a batch: instances from next_index on wait for one. Each instance that is satisfied opens the next, so that never more than
-- were opened at the start are on their way. One row per batchable step, read by every completion: not partitioned, but deleted by range.
CREATE TABLE batches (
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,  -- the batchable step
  last_index integer NOT NULL,
  next_index integer NOT NULL,  -- beyond last_index: every instance has, or had, one
  PRIMARY KEY (task_uuid, step_index)
) WITH (fillfactor = 50);

-- The two searchable sets ----------------------------------------------------------------------------------------------

-- Claimable steps. Rows are only inserted and deleted; a claim drops those whose step has moved on.
CREATE SEQUENCE ready_sequence;
CREATE TABLE ready_steps (
  queue_id integer NOT NULL,
  priority integer NOT NULL,
  sequence bigint NOT NULL DEFAULT nextval('ready_sequence'),
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  PRIMARY KEY (queue_id, priority, sequence)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
-- Whether a step stands in a queue, for audit_tasks.
CREATE INDEX ready_steps_task ON ready_steps (task_uuid, step_index);

-- Retries that fall due.
CREATE TABLE timers (
  due_at timestamptz NOT NULL,
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  PRIMARY KEY (due_at, task_uuid, step_index)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Sessions and leases --------------------------------------------------------------------------------------------------

-- A worker's session. Its row carries the time of all its leases; only rows with leases can expire. A session that was ended
-- expires at -infinity, and nothing renews it any more.
CREATE TABLE worker_sessions (
  session_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_uuid uuid NOT NULL UNIQUE,
  node_uuid uuid NOT NULL,
  worker_name varchar(255) NOT NULL,
  in_process boolean NOT NULL,  -- lives and dies with its node
  lease_duration interval NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- What a session was given: one row per call that leased to it, cut back by each heartbeat to what it still holds.
-- The superset of its leases; the step's own row decides. Found by session when it expires or reconnects.
CREATE TABLE session_leases (
  session_id integer NOT NULL,
  batch bigint NOT NULL,        -- number of the call, rising within a node
  task_uuids uuid[] NOT NULL,
  step_indexes integer[] NOT NULL,
  PRIMARY KEY (session_id, batch)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- What open sessions take, for people who ask why a step waits; no claim reads it. '*' stands for all. A session that drains or is
-- closed has no rows.
CREATE TABLE session_handlers (
  session_id integer NOT NULL,
  namespace text NOT NULL,
  callable text NOT NULL,
  node_uuid uuid NOT NULL,
  PRIMARY KEY (session_id, namespace, callable)
);

-- Nodes with sessions. The sessions of a node whose time is over count as gone.
CREATE TABLE nodes (
  node_uuid uuid PRIMARY KEY,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- History, append-only: one row per committed change of resting state; sort_key is the version which the change produced.
-- cause: 0 engine, 1 worker result, 2 lease ended by the server (expired, or its step ran out of time), 3 operator, 4 rejected by the
-- worker, 5 stale, 6 given back by a worker without a handler for it.
CREATE TABLE task_history (
  task_uuid uuid NOT NULL,
  sort_key integer NOT NULL,
  from_state smallint NOT NULL,
  to_state smallint NOT NULL,
  cause smallint NOT NULL,
  created_at timestamptz NOT NULL,
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  detail text,
  PRIMARY KEY (task_uuid, sort_key)
) PARTITION BY RANGE (task_uuid);
-- Changes of tasks for those who follow a namespace, in an order in which nothing appears before what was told (changes_of_namespace).
CREATE INDEX task_history_followed ON task_history (transaction_id);

CREATE TABLE step_history (
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  sort_key integer NOT NULL,
  from_state smallint NOT NULL,
  to_state smallint NOT NULL,
  cause smallint NOT NULL,
  created_at timestamptz NOT NULL,
  session_id integer,           -- worker that claimed or reported
  execution_time_ms integer,
  detail text,                  -- the result document, of failures only (a success stands on the step)
  PRIMARY KEY (task_uuid, step_index, sort_key)
) PARTITION BY RANGE (task_uuid);

-- The doors to both histories for calls that leave the roll-ups to triggers (decision record 015): what is inserted here lands there.
CREATE TABLE task_changes (LIKE task_history INCLUDING DEFAULTS) PARTITION BY RANGE (task_uuid);
ALTER TABLE task_changes ATTACH PARTITION task_history FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
CREATE TABLE step_changes (LIKE step_history) PARTITION BY RANGE (task_uuid);
ALTER TABLE step_changes ATTACH PARTITION step_history FOR VALUES FROM (MINVALUE) TO (MAXVALUE);

-- Periods of time with a partition in each table of partitioned_tables(), whose names end with the suffix. Never overlap; may leave gaps,
-- in which no task was made. A period that retires takes no part in anything any more and is gone when its row is.
CREATE TABLE task_periods (
  starts_at timestamptz PRIMARY KEY,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  suffix varchar(40) NOT NULL UNIQUE,
  retiring_since timestamptz
);

-- Dead letters and staleness --------------------------------------------------------------------------------------------

-- Why a task stopped, and what people found out about it; nothing here moves a task (01 §5.1).
CREATE TABLE tasks_dlq (
  dlq_entry_uuid uuid PRIMARY KEY,
  task_uuid uuid NOT NULL,
  original_state varchar(50) NOT NULL,
  dlq_reason varchar(32) NOT NULL CHECK (dlq_reason IN ('staleness_timeout', 'max_retries_exceeded', 'dependency_cycle_detected',
                                                        'worker_unavailable', 'manual_dlq')),
  dlq_timestamp timestamptz NOT NULL,
  resolution_status varchar(32) NOT NULL DEFAULT 'pending'
    CHECK (resolution_status IN ('pending', 'manually_resolved', 'permanently_failed', 'cancelled')),
  resolution_timestamp timestamptz,
  resolution_notes text,
  resolved_by varchar(255),
  task_snapshot text NOT NULL,  -- JSON object: the task when the entry was made
  metadata text,                -- JSON
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK (resolution_status = 'pending' OR resolution_timestamp IS NOT NULL)
);
-- At most one open entry of a task; and whether it has one.
CREATE UNIQUE INDEX idx_dlq_unique_pending_task ON tasks_dlq (task_uuid) WHERE resolution_status = 'pending';
-- The newest entry of a task.
CREATE INDEX idx_dlq_task ON tasks_dlq (task_uuid, created_at);
-- Lists, newest first.
CREATE INDEX idx_dlq_timestamp ON tasks_dlq (dlq_timestamp, dlq_entry_uuid);

-- When all nodes together last looked for stale tasks, and by which thresholds, for the views.
CREATE TABLE staleness_sweeps (
  sole boolean PRIMARY KEY DEFAULT true CHECK (sole),
  swept_at timestamptz NOT NULL,
  waiting_for_dependencies_minutes integer NOT NULL,
  waiting_for_retry_minutes integer NOT NULL,
  steps_in_process_minutes integer NOT NULL,
  lifetime_minutes integer NOT NULL,
  fails boolean NOT NULL        -- whether it moved tasks to error
);

-- How far staleness has looked where looking leaves things as they are: tasks of a template that rest in a state and were judged, up to
-- entered_at; and tasks whose lifetime was over, up to task_uuid, for each lifetime (0: the configured one).
CREATE TABLE staleness_marks (
  kind smallint NOT NULL,       -- a state of tasks; -1 for lifetimes
  id integer NOT NULL,          -- template, or lifetime in minutes
  entered_at timestamptz,
  task_uuid uuid,
  PRIMARY KEY (kind, id)
);

-- Tasks whose lifetime does not count from their creation, since an operator put them back to work, or that the walk over creation times has
-- passed without an end of it. A few; gone when the task has ended or was judged.
CREATE TABLE lifetime_clocks (
  task_uuid uuid PRIMARY KEY,
  started_at timestamptz NOT NULL
);

-- Domain events --------------------------------------------------------------------------------------------------------

-- Outbox, append-only: durable events of steps, written in the transaction that decides the outcome they tell of. Read in the order of
-- (transaction_id, position), as far as every transaction before has ended (read_domain_events).
CREATE TABLE domain_events (
  namespace varchar(64) NOT NULL,
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  position bigint GENERATED ALWAYS AS IDENTITY,
  event_id uuid NOT NULL,
  event_name text NOT NULL,
  task_uuid uuid NOT NULL,
  step_index integer NOT NULL,
  sort_key integer NOT NULL,    -- version of the step that the outcome produced, as in step_history; or that it had when its handler told of it
  step_state smallint NOT NULL, -- state in which the outcome left the step; in_progress: its handler told of it
  published_at timestamptz NOT NULL,
  message text NOT NULL,        -- the DomainEvent as JSON
  PRIMARY KEY (namespace, transaction_id, position)
);
-- Once per outcome, and once by id of what a handler published while its step was in_progress (2); and what a task has published.
CREATE UNIQUE INDEX domain_events_once
  ON domain_events (task_uuid, step_index, sort_key, event_name, (CASE WHEN step_state = 2 THEN event_id END)) NULLS NOT DISTINCT;

-- Who reads the events of a namespace, and up to which one it has acknowledged them.
CREATE TABLE domain_event_consumers (
  namespace varchar(64) NOT NULL,
  consumer varchar(128) NOT NULL,
  transaction_id xid8 NOT NULL DEFAULT '0',
  position bigint NOT NULL DEFAULT 0,
  receipt bigint NOT NULL DEFAULT 0,                        -- number of the last reading; only its holder acknowledges
  hidden_until timestamptz NOT NULL DEFAULT '-infinity',    -- until then nobody else reads for this consumer
  PRIMARY KEY (namespace, consumer)
) WITH (fillfactor = 50);

-- The auditor's walk --------------------------------------------------------------------------------------------------

-- Where the auditor of the nodes is; one row, moved by whichever node has its turn. Phases: 0 at rest, 1 tasks, 2 timers, 3 sessions,
-- 4 identities.
CREATE TABLE audit_progress (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  phase smallint NOT NULL DEFAULT 0,
  task_uuid uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  step_index integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT '-infinity',
  session_id integer NOT NULL DEFAULT 0,
  identity_hash bytea NOT NULL DEFAULT '',
  changes bigint NOT NULL DEFAULT -1  -- what the statistics had counted when the walk began
) WITH (fillfactor = 50);
INSERT INTO audit_progress DEFAULT VALUES;

-- Roll-ups --------------------------------------------------------------------------------------------------------------

-- Changes of state that are not in the roll-ups yet: few rows per call, written in its transaction, removed by the fold (R__7b). Rows are
-- only inserted and deleted, so that no two calls wait for one another.
CREATE TABLE rollup_feed (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  changed_at timestamptz NOT NULL,
  template_id integer NOT NULL,
  template_step integer NOT NULL, -- index of the definition, -1 for tasks
  from_state smallint,          -- null: created
  to_state smallint,            -- null: removed
  entities integer NOT NULL,
  ages integer[],               -- ms from creation to the change, one per entity; null where no figure needs them
  steps integer                 -- of tasks that completed: how many steps they have
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- How far the fold is, one row: whoever has it locked folds. Every change up to low is folded. newest is the last position that the fold saw;
-- before is the newest of an earlier pass, and horizon a transaction that began after that pass: once all transactions up to the horizon have
-- ended, no position up to before can appear any more.
CREATE TABLE rollup_progress (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  low bigint NOT NULL DEFAULT 0,
  before bigint NOT NULL DEFAULT 0,
  newest bigint NOT NULL DEFAULT 0,
  horizon xid8 NOT NULL DEFAULT '0',
  compacted_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
INSERT INTO rollup_progress DEFAULT VALUES;

-- How many tasks (template_step -1) and steps are in each state, as far as folded.
CREATE TABLE rollup_totals (
  template_id integer NOT NULL,
  template_step integer NOT NULL,
  state smallint NOT NULL,
  entities bigint NOT NULL,
  PRIMARY KEY (template_id, template_step, state)
) WITH (fillfactor = 50);

-- What happened in a span of time that begins at begun_at. created, completed and failed stand at the minute in which the task or step was
-- created and tell where those are now; the rest stands at the minute of the outcome.
CREATE TABLE rollups (
  width smallint NOT NULL CHECK (width IN (0, 1, 2)), -- 0 a minute, 1 an hour, 2 a day
  begun_at timestamptz NOT NULL,
  template_id integer NOT NULL,
  template_step integer NOT NULL,
  created bigint NOT NULL,
  completed bigint NOT NULL,
  failed bigint NOT NULL,
  executions bigint NOT NULL,   -- outcomes: complete or error; of tasks: complete, blocked_by_failures or error
  errors bigint NOT NULL,       -- those of them that are not complete
  retries bigint NOT NULL,      -- outcomes that led to waiting_for_retry
  timed bigint NOT NULL,        -- executions with a duration: complete or error
  duration_ms bigint NOT NULL,  -- their sum, from creation to outcome
  duration_max_ms integer NOT NULL,
  steps bigint NOT NULL,        -- of tasks that completed: their steps
  last_at timestamptz,          -- of the last outcome
  PRIMARY KEY (width, begun_at, template_id, template_step)
) WITH (fillfactor = 50);

-- Durations by size (rollup_bucket), for percentiles.
CREATE TABLE rollup_durations (
  width smallint NOT NULL,
  begun_at timestamptz NOT NULL,
  template_id integer NOT NULL,
  template_step integer NOT NULL,
  bucket smallint NOT NULL,
  entities bigint NOT NULL,
  PRIMARY KEY (width, begun_at, template_id, template_step, bucket)
) WITH (fillfactor = 50);
