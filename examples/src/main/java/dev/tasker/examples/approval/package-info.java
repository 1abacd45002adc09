/** A purchase request that goes to those who may decide about it. */
@NullMarked
package dev.tasker.examples.approval;

import org.jspecify.annotations.NullMarked;
