/** Tests of the example handlers. */
@NullMarked
package dev.tasker.examples.demo;

import org.jspecify.annotations.NullMarked;
