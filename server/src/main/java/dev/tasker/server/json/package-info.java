/** JSON and times as text: written name by name, taken apart without being changed. */
@NullMarked
package dev.tasker.server.json;

import org.jspecify.annotations.NullMarked;
