package dev.tasker.worker;

import dev.tasker.worker.annotated.AnnotatedHandlers;
import dev.tasker.worker.resolve.HandlerNotFoundException;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** A handler made for each attempt. Which methods it has is seen when it is there. */
record MadeHandler(Function<JsonNode, StepHandler> factory, AnnotatedHandlers annotated) implements StepHandler {

    @Override
    public StepResult handle(StepContext context) throws Exception {
        return factory.apply(context.config()).handle(context);
    }

    @Override
    public StepHandler method(String name) {
        return name.equals(CALL)
                ? this
                : context -> {
                    StepHandler made = HandlerMethods.extended(factory.apply(context.config()), annotated);
                    StepHandler method = made.method(name);
                    if (method == null) {
                        throw HandlerNotFoundException.method(context.handlerName(), name, made.methods());
                    }
                    return method.handle(context);
                };
    }

    @Override
    public List<String> methods() {
        return List.of(CALL);
    }
}
