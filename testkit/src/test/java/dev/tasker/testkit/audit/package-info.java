/** The doctor: what it finds, what it mends, and that it finds nothing where nothing is wrong. */
@NullMarked
package dev.tasker.testkit.audit;

import org.jspecify.annotations.NullMarked;
