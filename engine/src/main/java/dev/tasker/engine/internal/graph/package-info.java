/** How a task's graph grows at run time: outcomes of decision and batchable steps, and the steps and edges they add (02 §6, §7). Pure. */
@NullMarked
package dev.tasker.engine.internal.graph;

import org.jspecify.annotations.NullMarked;
