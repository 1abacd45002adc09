-- Locks: no table locks; replaces functions, and calls under way end with the old ones.
-- Cost: milliseconds, whatever the tables hold.
-- Carries out operators' completions of decision and batchable steps together with the steps their results add (01 §2.7, 02 §6.7): locks the
-- tasks, adds the steps as grow_and_complete does for a worker's result, then does what operate_steps does. Where the graph was another
-- one, nothing is done for that step and the caller gets the graph as it is.
-- Parameters as in operate_steps and grow_and_complete; p_grow_token is null throughout.
-- Returns the rows of operate_steps, and kind 5 for a task whose graph was another: steps from step_index to "session_id", version in "token",
-- template_step in "priority", batchable step of instances in "queue_id".
CREATE OR REPLACE FUNCTION grow_and_operate(
  p_task uuid[], p_step integer[], p_action smallint[], p_result text[], p_detail text[], p_clear_checkpoint boolean[],
  p_grow_task uuid[], p_grow_step integer[], p_grow_token integer[], p_grow_version integer[],
  p_new_task uuid[], p_new_step integer[], p_new_queue integer[], p_new_template integer[], p_new_batch integer[], p_new_retryable integer[],
  p_new_max integer[], p_new_parents integer[], p_new_children text[], p_new_name text[], p_new_inputs text[],
  p_edge_task uuid[], p_edge_from integer[], p_edge_to integer[], p_edge_barrier integer[],
  p_gain_task uuid[], p_gain_step integer[], p_gain_parents integer[],
  p_batch_task uuid[], p_batch_step integer[], p_batch_last integer[], p_batch_next integer[])
RETURNS TABLE (kind smallint, task_uuid uuid, step_index integer, state smallint, token integer, queue_id integer, priority integer,
               session_id integer, task_state smallint, detail text)
LANGUAGE plpgsql
SET search_path = tasker, pg_temp
SET plan_cache_mode = force_generic_plan
SET lock_timeout = '10s'
AS $$
#variable_conflict use_column
DECLARE
  v_range uuid[] := uuid_range(p_task);
  v_low uuid := v_range[1];   -- bounds by which partitions are pruned when a statement starts
  v_high uuid := v_range[2];
  v_graph record;
  v_stale uuid[] := '{}';
BEGIN
  PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) AND in_span(task.task_uuid, v_low, v_high)
  ORDER BY task.task_uuid FOR NO KEY UPDATE;

  FOR v_graph IN
    SELECT * FROM grow_and_complete(0, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
                                    p_grow_task, p_grow_step, p_grow_token, p_grow_version,
                                    p_new_task, p_new_step, p_new_queue, p_new_template, p_new_batch, p_new_retryable, p_new_max,
                                    p_new_parents, p_new_children, p_new_name, p_new_inputs,
                                    p_edge_task, p_edge_from, p_edge_to, p_edge_barrier, p_gain_task, p_gain_step, p_gain_parents,
                                    p_batch_task, p_batch_step, p_batch_last, p_batch_next)
  LOOP
    v_stale := v_stale || v_graph.task_uuid;
    RETURN QUERY
      SELECT 5::smallint, v_graph.task_uuid, v_graph.step_index, NULL::smallint, v_graph.token, v_graph.queue_id, v_graph.attempts,
             v_graph.state, NULL::smallint, NULL::text;
  END LOOP;

  RETURN QUERY
  SELECT done.*
  FROM  (SELECT array_agg(i.task_uuid) AS task_uuid, array_agg(i.step_index) AS step_index, array_agg(i.action) AS action,
                array_agg(i.result) AS result, array_agg(i.detail) AS detail, array_agg(i.clear_checkpoint) AS clear_checkpoint
         FROM   unnest(p_task, p_step, p_action, p_result, p_detail, p_clear_checkpoint)
                  AS i(task_uuid, step_index, action, result, detail, clear_checkpoint)
         WHERE  NOT EXISTS (SELECT FROM unnest(p_grow_task, p_grow_step) AS grow(task_uuid, step_index)
                            WHERE grow.task_uuid = i.task_uuid AND grow.step_index = i.step_index
                            AND grow.task_uuid = ANY (v_stale))) AS allowed,
         operate_steps(allowed.task_uuid, allowed.step_index, allowed.action, allowed.result, allowed.detail,
                       allowed.clear_checkpoint) AS done;
END $$;
