/** Tests of the example handlers. */
@NullMarked
package dev.tasker.examples.fulfilment;

import org.jspecify.annotations.NullMarked;
