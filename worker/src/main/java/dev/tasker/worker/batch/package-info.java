/** Batch steps (02 §7, 04 §5.7): ranges of items, the worker's view of its range, and what becomes of all of them. */
@NullMarked
package dev.tasker.worker.batch;

import org.jspecify.annotations.NullMarked;
