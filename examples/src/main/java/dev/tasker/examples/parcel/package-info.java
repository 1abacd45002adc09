/** Parcels with annotated methods: a price from a carrier's API, a decision by it, and labels printed in batches. */
@NullMarked
package dev.tasker.examples.parcel;

import org.jspecify.annotations.NullMarked;
