/**
 * The two state machines as pure functions (01 §2). The database makes the transitions; these functions say which are right, and tests hold the
 * SQL and {@code docs/state-machines.md} to them.
 */
@NullMarked
package dev.tasker.engine.internal.state;

import org.jspecify.annotations.NullMarked;
