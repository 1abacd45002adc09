/** Roll-ups and what is read from them. */
@NullMarked
package dev.tasker.testkit.analytics;

import org.jspecify.annotations.NullMarked;
