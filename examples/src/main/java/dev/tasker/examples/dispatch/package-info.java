/** One callable with several methods. */
@NullMarked
package dev.tasker.examples.dispatch;

import org.jspecify.annotations.NullMarked;
