package dev.tasker.worker.internal;

import dev.tasker.worker.ValidationStepException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.introspect.AnnotationIntrospectorPair;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads JSON as values of Java types without ever guessing: a text is no number, a fraction no integer, and a record's component that
 * is absent or null is an error unless it is {@code @Nullable}, an {@code Optional} or a {@code JsonNode}. What does not fit is a
 * {@link ValidationStepException} that says where.
 */
public final class TypedJson {
    private static final Set<Class<?>> SCALARS = Set.of(
            String.class,
            Boolean.class,
            boolean.class,
            Integer.class,
            int.class,
            Long.class,
            long.class,
            Double.class,
            double.class,
            BigDecimal.class);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .annotationIntrospector(
                    AnnotationIntrospectorPair.pair(new RecordRequirements(), new JacksonAnnotationIntrospector()))
            .build();

    private TypedJson() {}

    /** The Jackson form of a type, made once where many values of it are read. */
    public static JavaType type(Type type) {
        return MAPPER.constructType(type);
    }

    /**
     * The node as a value of {@code type}.
     *
     * @param origin names the value in messages, as in {@code input 'amount'}
     * @param field the fact {@code field} of the failure
     */
    public static Object read(@Nullable JsonNode node, JavaType type, String origin, String field) {
        if (node == null) {
            throw invalid(origin + " is missing (expected: " + name(type) + ")", field, null);
        }
        if (type.hasRawClass(JsonNode.class)) {
            return node;
        }
        Class<?> raw = type.getRawClass();
        if (SCALARS.contains(raw)) {
            Object scalar = scalar(node, raw);
            if (scalar == null) {
                throw invalid(origin + ": " + node.getNodeType() + " (expected: " + name(type) + ")", field, null);
            }
            return scalar;
        }
        try {
            return MAPPER.treeToValue(node, type);
        } catch (JacksonException e) {
            throw invalid(origin + at(e) + " (expected: " + name(type) + ")", field, e);
        }
    }

    /** As {@link #read}, of a JSON text. */
    public static Object parse(String json, JavaType type, String origin, String field) {
        return read(MAPPER.readTree(json), type, origin, field);
    }

    /** Whether null, or nothing, may stand where these annotations are: one of them is some {@code Nullable}. */
    public static boolean isNullable(Annotation[] annotations) {
        return Arrays.stream(annotations)
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    /** The value without a reader of trees, which most parameters do not need; null when it does not fit. */
    private static @Nullable Object scalar(JsonNode node, Class<?> type) {
        if (type == String.class) {
            return node.isString() ? node.stringValue() : null;
        }
        if (type == Boolean.class || type == boolean.class) {
            return node.isBoolean() ? node.booleanValue() : null;
        }
        if (type == Integer.class || type == int.class) {
            return node.isIntegralNumber() && node.canConvertToInt() ? (Object) node.intValue() : null;
        }
        if (type == Long.class || type == long.class) {
            return node.isIntegralNumber() && node.canConvertToLong() ? (Object) node.longValue() : null;
        }
        if (!node.isNumber()) {
            return null;
        }
        return type == BigDecimal.class ? (Object) node.decimalValue() : (Object) node.doubleValue();
    }

    /** Where in the value, and what is wrong there: {@code : lines[0].quantity: Cannot map null}. */
    private static String at(JacksonException failure) {
        var place = new StringBuilder();
        List<JacksonException.Reference> path = failure.getPath();
        for (JacksonException.Reference step : path) {
            if (step.getPropertyName() != null) {
                place.append(place.isEmpty() ? "" : ".").append(step.getPropertyName());
            } else if (step.getIndex() >= 0) {
                place.append('[').append(step.getIndex()).append(']');
            }
        }
        String message =
                String.valueOf(failure.getOriginalMessage()).lines().findFirst().orElse("does not fit");
        return place.isEmpty() ? ": " + message : ": " + place + ": " + message;
    }

    private static String name(JavaType type) {
        return type.isContainerType()
                ? type.toCanonical().replaceAll("\\b[a-z][\\w.]*\\.", "")
                : type.getRawClass().getSimpleName();
    }

    private static RuntimeException invalid(String message, String field, @Nullable Throwable cause) {
        return new ValidationStepException(message, ValidationStepException.CODE, cause).with("field", field);
    }
}
