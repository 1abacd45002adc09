/** Two writers at once and faults in mid-flight: the engine's calls interleaved by hand, engines on one database, a database that goes away. */
@NullMarked
package dev.tasker.testkit.interleaving;

import org.jspecify.annotations.NullMarked;
