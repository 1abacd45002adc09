package dev.tasker.worker.internal;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.reflect.Executable;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Version;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/** Makes components of records required, as Java reads them: only {@code @Nullable} ones may be absent or null. */
final class RecordRequirements extends NopAnnotationIntrospector {
    private static final Set<Class<?>> EMPTY_FOR_NULL =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class, JsonNode.class);

    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
        return isRequired(member) ? Boolean.TRUE : null;
    }

    @Override
    public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated member) {
        return isRequired(member) ? JsonSetter.Value.forValueNulls(Nulls.FAIL) : JsonSetter.Value.empty();
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    private static boolean isRequired(Annotated member) {
        if (!(member instanceof AnnotatedParameter parameter)
                || !parameter.getDeclaringClass().isRecord()
                || EMPTY_FOR_NULL.contains(parameter.getRawType())
                || !(parameter.getOwner().getMember() instanceof Executable creator)) {
            return false;
        }
        int index = parameter.getIndex();
        return Stream.of(
                        creator.getParameterAnnotations()[index],
                        creator.getAnnotatedParameterTypes()[index].getAnnotations())
                .noneMatch(TypedJson::isNullable);
    }
}
