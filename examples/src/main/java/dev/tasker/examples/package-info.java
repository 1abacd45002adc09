/** Handlers to learn from and to run against: the conformance workflows, and an order of a small shop as demonstration. */
@NullMarked
package dev.tasker.examples;

import org.jspecify.annotations.NullMarked;
