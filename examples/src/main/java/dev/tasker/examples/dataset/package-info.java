/** A dataset in batches. */
@NullMarked
package dev.tasker.examples.dataset;

import org.jspecify.annotations.NullMarked;
