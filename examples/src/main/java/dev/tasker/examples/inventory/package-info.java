/** A file of products, valued in batches. */
@NullMarked
package dev.tasker.examples.inventory;

import org.jspecify.annotations.NullMarked;
