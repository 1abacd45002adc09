/** Executes steps: the handler API, the port through which work arrives, and the runtime between the two. */
@NullMarked
package dev.tasker.worker;

import org.jspecify.annotations.NullMarked;
