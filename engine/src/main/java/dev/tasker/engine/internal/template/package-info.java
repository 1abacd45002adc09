/** Registered templates and their interned queues. */
@NullMarked
package dev.tasker.engine.internal.template;

import org.jspecify.annotations.NullMarked;
