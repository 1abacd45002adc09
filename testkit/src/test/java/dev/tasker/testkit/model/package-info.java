/** Random programs against the engine and, beside it, a small model written from the specification. */
@NullMarked
package dev.tasker.testkit.model;

import org.jspecify.annotations.NullMarked;
