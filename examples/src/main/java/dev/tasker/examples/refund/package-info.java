/** A refund as two teams see it: customer success and payments. */
@NullMarked
package dev.tasker.examples.refund;

import org.jspecify.annotations.NullMarked;
