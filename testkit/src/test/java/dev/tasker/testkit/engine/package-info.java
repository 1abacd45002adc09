/** The engine on real PostgreSQL. */
@NullMarked
package dev.tasker.testkit.engine;

import org.jspecify.annotations.NullMarked;
