package dev.tasker.worker.annotated;

import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.ValidationStepException;
import dev.tasker.worker.api.ApiClient;
import dev.tasker.worker.batch.BatchInputs;
import dev.tasker.worker.batch.BatchScenario;
import dev.tasker.worker.internal.TypedJson;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;

/** Works out, when a handler is registered, where the parameters of its methods come from. Immutable but for the shapes it remembers. */
final class Bindings {
    private final Map<Class<?>, Object> services;
    final ResultConversion results = new ResultConversion();

    /** @param services what parameters without an annotation may ask for, by their exact type */
    Bindings(Map<Class<?>, Object> services) {
        this.services = Map.copyOf(services);
    }

    /** Whether every parameter says where it comes from. */
    boolean canBind(Executable method) {
        return Arrays.stream(method.getParameters()).allMatch(this::canBind);
    }

    /** The binders of all parameters; a parameter that comes from nowhere is an error in the program. */
    ParameterBinder[] of(Executable method) {
        return Arrays.stream(method.getParameters())
                .map(parameter -> of(parameter, method))
                .toArray(ParameterBinder[]::new);
    }

    private boolean canBind(Parameter parameter) {
        Class<?> type = parameter.getType();
        return Stream.of(Input.class, Inputs.class, Config.class, DependsOn.class, Api.class, BatchResults.class)
                        .anyMatch(parameter::isAnnotationPresent)
                || type == StepContext.class
                || type == BatchInputs.class
                || services.containsKey(type);
    }

    private ParameterBinder of(Parameter parameter, Executable method) {
        String owner = "parameter '" + parameter.getName() + "' of "
                + method.getDeclaringClass().getSimpleName() + "." + name(method);
        Class<?> type = parameter.getType();
        ParameterBinder annotated = annotated(parameter, owner);
        if (annotated != null) {
            return annotated;
        }
        if (type == StepContext.class) {
            return context -> context;
        }
        if (type == BatchInputs.class) {
            return isNullable(parameter) ? BatchInputs::find : BatchInputs::of;
        }
        Object service = services.get(type);
        if (service == null) {
            throw new BadHandlerException(
                    owner + ": nothing to bind it to (expected: @Input, @Inputs, @Config, @DependsOn,"
                            + " @Api, @BatchResults, a StepContext, BatchInputs, or one of the provided "
                            + services.keySet() + ")");
        }
        return context -> service;
    }

    private static @Nullable ParameterBinder annotated(Parameter parameter, String owner) {
        Input input = parameter.getAnnotation(Input.class);
        if (input != null) {
            String origin = owner + ": input '" + input.value() + "'";
            return value(parameter, origin, input.value(), input.orElse(), context -> context.input(input.value()));
        }
        if (parameter.isAnnotationPresent(Inputs.class)) {
            return value(parameter, owner + ": inputs", parameter.getName(), new String[0], StepContext::context);
        }
        Config config = parameter.getAnnotation(Config.class);
        if (config != null) {
            return config(parameter, owner, config);
        }
        DependsOn dependency = parameter.getAnnotation(DependsOn.class);
        if (dependency != null) {
            String step = dependency.value();
            String origin = owner + ": result of step '" + step + "'";
            return value(parameter, origin, step, new String[0], context -> context.dependencyResult(step));
        }
        Api api = parameter.getAnnotation(Api.class);
        if (api != null && parameter.getType() == ApiClient.class) {
            ApiClient client = client(api, owner);
            return context -> client;
        }
        BatchResults batch = parameter.getAnnotation(BatchResults.class);
        return batch != null && parameter.getType() == BatchScenario.class
                ? context -> BatchScenario.detect(context, batch.of(), batch.workers())
                : null;
    }

    private static ParameterBinder config(Parameter parameter, String owner, Config config) {
        if (config.value().isEmpty()) {
            return value(
                    parameter, owner + ": initialization", parameter.getName(), config.orElse(), StepContext::config);
        }
        String origin = owner + ": initialization '" + config.value() + "'";
        return value(parameter, origin, config.value(), config.orElse(), context -> context.config(config.value()));
    }

    private static ParameterBinder value(
            Parameter parameter,
            String origin,
            String field,
            String[] orElse,
            Function<StepContext, @Nullable JsonNode> source) {
        boolean optional = parameter.getType() == Optional.class;
        JavaType type = TypedJson.type(optional ? inner(parameter) : parameter.getParameterizedType());
        if (orElse.length > 0) {
            Object fallback = fallback(orElse[0], type, origin);
            return context -> {
                JsonNode node = source.apply(context);
                return node == null ? fallback : TypedJson.read(node, type, origin, field);
            };
        }
        if (optional) {
            return context ->
                    Optional.ofNullable(source.apply(context)).map(node -> TypedJson.read(node, type, origin, field));
        }
        if (isNullable(parameter)) {
            return context -> {
                JsonNode node = source.apply(context);
                return node == null ? null : TypedJson.read(node, type, origin, field);
            };
        }
        return context -> TypedJson.read(source.apply(context), type, origin, field);
    }

    private static Type inner(Parameter parameter) {
        return parameter.getParameterizedType() instanceof ParameterizedType parameterized
                ? parameterized.getActualTypeArguments()[0]
                : Object.class;
    }

    private static Object fallback(String text, JavaType type, String origin) {
        if (type.hasRawClass(String.class)) {
            return text;
        }
        try {
            return TypedJson.parse(text, type, origin + ": orElse", origin);
        } catch (JacksonException | ValidationStepException e) {
            throw new BadHandlerException(
                    origin + ": orElse \"" + text + "\" (expected: JSON of "
                            + type.getRawClass().getSimpleName() + ")",
                    e);
        }
    }

    private static boolean isNullable(Parameter parameter) {
        return TypedJson.isNullable(parameter.getAnnotations())
                || TypedJson.isNullable(parameter.getAnnotatedType().getAnnotations());
    }

    private static ApiClient client(Api api, String owner) {
        var headers = new LinkedHashMap<String, String>();
        for (String header : api.headers()) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw new BadHandlerException(owner + ": header \"" + header + "\" (expected: Name: value)");
            }
            headers.put(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip());
        }
        return ApiClient.of(api.baseUrl(), Duration.ofSeconds(api.timeoutSeconds()), headers);
    }

    private static String name(Executable method) {
        return method instanceof Method ? method.getName() : "<init>";
    }
}
