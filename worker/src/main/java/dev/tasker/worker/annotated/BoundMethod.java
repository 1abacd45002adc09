package dev.tasker.worker.annotated;

import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.batch.BatchInputs;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.InstantSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A method or constructor with its parameters, ready to be called. Made once when a handler is registered; a call costs an array and
 * what the binders read, and reflects nothing. Immutable.
 */
final class BoundMethod {
    private final MethodHandle handle; // (Object[]) -> Object; the target comes first, for a method
    private final ParameterBinder[] parameters;
    private final ResultConversion results;
    private final String version;
    private final boolean forBatches;
    private final InstantSource clock = InstantSource.system();

    private BoundMethod(MethodHandle handle, Executable executable, Bindings bindings, String version) {
        this.handle = handle;
        this.parameters = bindings.of(executable);
        this.results = bindings.results;
        this.version = version;
        this.forBatches = Arrays.asList(executable.getParameterTypes()).contains(BatchInputs.class);
    }

    /** A method of an instance. */
    static BoundMethod of(Method method, Bindings bindings, String version) {
        if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
            throw new BadHandlerException(method.getDeclaringClass().getName() + "." + method.getName()
                    + ": private or static (expected: a method of the instance that others may call)");
        }
        try {
            method.setAccessible(true);
            MethodHandle direct = MethodHandles.lookup().unreflect(method);
            return new BoundMethod(spread(direct), method, bindings, version);
        } catch (IllegalAccessException | InaccessibleObjectException e) {
            throw new BadHandlerException(method + " cannot be called", e);
        }
    }

    static BoundMethod of(Constructor<?> constructor, Bindings bindings) {
        try {
            constructor.setAccessible(true);
            MethodHandle direct = MethodHandles.lookup().unreflectConstructor(constructor);
            return new BoundMethod(spread(direct), constructor, bindings, "");
        } catch (IllegalAccessException | InaccessibleObjectException e) {
            throw new BadHandlerException(constructor + " cannot be called", e);
        }
    }

    /** Calls the method. The placeholder of a batch without items is answered instead: its method has nothing to do. */
    StepResult call(Object target, StepContext context) throws Exception {
        if (forBatches) {
            BatchInputs batch = BatchInputs.find(context);
            if (batch != null && batch.noOp()) {
                return batch.noOpResult(clock.instant());
            }
        }
        return results.convert(invoke(target, context), context, version);
    }

    /** Calls the constructor. */
    Object construct(StepContext context) throws Exception {
        Object made = invoke(null, context);
        if (made == null) {
            throw new IllegalStateException("a constructor made nothing");
        }
        return made;
    }

    private @Nullable Object invoke(@Nullable Object target, StepContext context) throws Exception {
        int first = target == null ? 0 : 1;
        @Nullable Object[] arguments = new Object[parameters.length + first];
        if (target != null) {
            arguments[0] = target;
        }
        for (int i = 0; i < parameters.length; i++) {
            arguments[i + first] = parameters[i].bind(context);
        }
        try {
            return (Object) handle.invokeExact(arguments);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle spread(MethodHandle direct) {
        int arity = direct.type().parameterCount();
        return direct.asFixedArity().asType(MethodType.genericMethodType(arity)).asSpreader(Object[].class, arity);
    }
}
