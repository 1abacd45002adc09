/** Steps that call HTTP services (04 §5.5): a client, its answers, and what they mean for the step. */
@NullMarked
package dev.tasker.worker.api;

import org.jspecify.annotations.NullMarked;
