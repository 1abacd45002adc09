/**
 * The client of Tasker's API (07 §10), over REST or gRPC: begin at {@link dev.tasker.client.TaskerClient}. Replies are records, refusals are kinds of
 * {@link dev.tasker.client.TaskerException}. Needs Java's own HTTP client and Jackson;
 * classes whose names begin with {@code Grpc} are loaded only for {@link dev.tasker.client.Transport#GRPC} and need grpc-java as well.
 */
@NullMarked
package dev.tasker.client;

import org.jspecify.annotations.NullMarked;
