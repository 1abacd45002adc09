/** Tests of the annotated parcels. */
@NullMarked
package dev.tasker.examples.parcel;

import org.jspecify.annotations.NullMarked;
