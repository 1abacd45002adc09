/** Numbers sorted in a diamond, routed by a decision, summed in batches. */
@NullMarked
package dev.tasker.examples.numbers;

import org.jspecify.annotations.NullMarked;
