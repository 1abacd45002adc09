package dev.tasker.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Templates and the namespaces they are in. */
public record TemplateList(List<Namespace> namespaces, List<Entry> templates, long totalCount) {

    /** A namespace that has templates. */
    public record Namespace(String name, @Nullable String description, long templateCount) {}

    /** A version of a template. */
    public record Entry(
            String name,
            String namespace,
            String version,
            @Nullable String description,
            long stepCount) {}
}
