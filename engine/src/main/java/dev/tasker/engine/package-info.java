/** The engine: what everybody else imports. Requests, results and the {@link dev.tasker.engine.Engine} that serves them. */
@NullMarked
package dev.tasker.engine;

import org.jspecify.annotations.NullMarked;
