/** Domain events as a worker sees them: what a step declares, and publishers that make payloads of its own (04 §6.4). */
@NullMarked
package dev.tasker.worker.event;

import org.jspecify.annotations.NullMarked;
