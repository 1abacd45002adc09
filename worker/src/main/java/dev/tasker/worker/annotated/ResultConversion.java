package dev.tasker.worker.annotated;

import dev.tasker.worker.ResultValue;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonMapFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonObjectFormatVisitor;

/**
 * Makes results of what methods return (04 §5.1): results as they are, what is written as a JSON object as the value, nothing as an empty
 * object, and any other value under the key {@code result}. A map that says {@code success: false} is a map; only results mean failure.
 */
final class ResultConversion {
    private static final String RESULT = "result";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Whether values of a class are written as objects; asked of Jackson once per class. */
    private final ClassValue<Boolean> objects = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return isObject(type);
        }
    };

    StepResult convert(@Nullable Object returned, StepContext context, String version)
            throws InterruptedException, ExecutionException {
        return switch (returned) {
            case null -> StepResult.success();
            case StepResult result -> result;
            case ResultValue value -> value.toResult(context, version);
            case Map<?, ?> map -> StepResult.success(map);
            case JsonNode node -> node.isNull() ? StepResult.success() : value(node, node.isObject());
            case CompletionStage<?> stage -> convert(stage.toCompletableFuture().get(), context, version);
            case Optional<?> optional -> convert(optional.orElse(null), context, version);
            default -> value(returned, objects.get(returned.getClass()));
        };
    }

    private static StepResult value(Object value, boolean object) {
        return StepResult.success(object ? value : Map.of(RESULT, value));
    }

    private static boolean isObject(Class<?> type) {
        var shape = new Shape();
        JSON.acceptJsonFormatVisitor(type, shape);
        return shape.object;
    }

    /** Hears from Jackson what it would write. */
    private static final class Shape extends JsonFormatVisitorWrapper.Base {
        private boolean object;

        @Override
        public @Nullable JsonObjectFormatVisitor expectObjectFormat(JavaType type) {
            object = true;
            return null;
        }

        @Override
        public @Nullable JsonMapFormatVisitor expectMapFormat(JavaType type) {
            object = true;
            return null;
        }
    }
}
