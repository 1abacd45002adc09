/** End-to-end load and latency on real PostgreSQL, with the SQL alone as the yardstick of the same run. */
@NullMarked
package dev.tasker.benchmarks;

import org.jspecify.annotations.NullMarked;
