/** Applying migrations to a database that is in use. */
@NullMarked
package dev.tasker.engine.internal.migration;

import org.jspecify.annotations.NullMarked;
