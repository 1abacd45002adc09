/** An analytics pipeline over fixed data: three branches, one summary. */
@NullMarked
package dev.tasker.examples.pipeline;

import org.jspecify.annotations.NullMarked;
