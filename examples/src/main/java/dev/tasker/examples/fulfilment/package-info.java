/** An order from validation to shipment, with a simulated stock, payment gateway and carrier. */
@NullMarked
package dev.tasker.examples.fulfilment;

import org.jspecify.annotations.NullMarked;
