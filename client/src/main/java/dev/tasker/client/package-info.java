/**
 * The client of Tasker's REST API (07 §10): begin at {@link dev.tasker.client.TaskerClient}. Replies are records, refusals are kinds of
 * {@link dev.tasker.client.TaskerException}. Needs Java's own HTTP client and Jackson.
 */
@NullMarked
package dev.tasker.client;

import org.jspecify.annotations.NullMarked;
