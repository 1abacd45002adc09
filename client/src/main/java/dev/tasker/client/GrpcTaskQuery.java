package dev.tasker.client;

import com.google.protobuf.Timestamp;
import com.tasker.v1.ListTasksRequest;
import com.tasker.v1.PaginationRequest;
import com.tasker.v1.TimestampRange;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Conditions of a list of tasks as a message (03 §2.4). */
final class GrpcTaskQuery {
    private GrpcTaskQuery() {}

    /**
     * The request for a page.
     *
     * @throws TaskerException.Unsupported for a condition that the message has no field for
     */
    static ListTasksRequest read(TaskQuery query, int page, int perPage) {
        long offset = Math.multiplyExact(page - 1L, (long) perPage);
        ListTasksRequest.Builder request = ListTasksRequest.newBuilder()
                .setPagination(PaginationRequest.newBuilder()
                        .setLimit(perPage)
                        .setOffset(Math.clamp(offset, -1, Integer.MAX_VALUE)));
        TimestampRange.Builder created = TimestampRange.newBuilder();
        query.conditions().forEach((name, value) -> {
            switch (name) {
                case "namespace" -> request.setNamespace(value);
                case "name" -> request.setName(value);
                case "initiator" -> request.setInitiator(value);
                case "tag" -> request.addTags(value);
                case "status" -> states(value).forEach(state -> request.addStates(word(state)));
                case "state" ->
                    Arrays.stream(value.split(",", -1))
                            .map(GrpcTaskQuery::state)
                            .forEach(state -> request.addStates(word(state)));
                case "created_after" -> created.setStart(time(value));
                case "created_before" -> created.setEnd(time(value));
                default -> throw Refusal.unsupported(Transport.GRPC, "tasks are not listed by " + name);
            }
        });
        return created.hasStart() || created.hasEnd()
                ? request.setCreatedAt(created).build()
                : request.build();
    }

    /** The words that stand for several states are those of REST (03 §1.5); messages have none. */
    private static Set<TaskState> states(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "completed" -> Set.of(TaskState.COMPLETE);
            case "failed" -> Set.of(TaskState.ERROR);
            case "active", "pending" -> {
                Set<TaskState> unfinished = EnumSet.allOf(TaskState.class);
                unfinished.removeIf(state -> state.isTerminal() || state == TaskState.UNKNOWN);
                yield unfinished;
            }
            case "in_progress" -> Set.of(TaskState.STEPS_IN_PROCESS);
            default -> Set.of(state(word));
        };
    }

    private static TaskState state(String word) {
        TaskState state = TaskState.of(word.strip().toLowerCase(Locale.ROOT));
        if (state == TaskState.UNKNOWN) {
            throw Refusal.invalid("Unknown status: " + word, 0);
        }
        return state;
    }

    private static com.tasker.v1.TaskState word(TaskState state) {
        return com.tasker.v1.TaskState.valueOf("TASK_STATE_" + state.name());
    }

    private static Timestamp time(String text) {
        Instant time = Instant.parse(text);
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
