/** Faults on purpose: a data source whose statements can be held up, cut off or left without an answer. */
@NullMarked
package dev.tasker.testkit.fault;

import org.jspecify.annotations.NullMarked;
