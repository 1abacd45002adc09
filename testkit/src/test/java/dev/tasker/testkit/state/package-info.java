/** The SQL held to the state machines. */
@NullMarked
package dev.tasker.testkit.state;

import org.jspecify.annotations.NullMarked;
