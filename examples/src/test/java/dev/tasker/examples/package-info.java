/** Tests of the example handlers. */
@NullMarked
package dev.tasker.examples;

import org.jspecify.annotations.NullMarked;
