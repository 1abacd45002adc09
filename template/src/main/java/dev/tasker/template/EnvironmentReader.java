package dev.tasker.template;

import java.util.Map;
import java.util.TreeMap;

/** Reads the overlays of a template (spec 06 §10). */
final class EnvironmentReader {
    private EnvironmentReader() {}

    static Map<String, EnvironmentOverlay> environments(MappingReader root) {
        MappingReader reader = root.mapping("environments");
        if (reader == null) {
            return Map.of();
        }
        Map<String, EnvironmentOverlay> environments = new TreeMap<>();
        reader.members().forEach((name, entry) -> environments.put(name, environment(entry)));
        return environments;
    }

    private static EnvironmentOverlay environment(MappingReader reader) {
        MappingReader lifecycle = reader.forNewKeys().mapping("lifecycle");
        EnvironmentOverlay overlay = new EnvironmentOverlay(
                reader.mappings("steps").stream().map(EnvironmentReader::step).toList(),
                lifecycle == null ? null : TemplateReader.lifecycle(lifecycle),
                reader.forNewKeys().keyword("input_validation", InputValidation.class));
        reader.finish();
        return overlay;
    }

    private static StepOverlay step(MappingReader entry) {
        String name = entry.requiredText("name");
        MappingReader reader = entry.forStep(name);
        MappingReader handler = reader.mapping("handler");
        MappingReader retry = reader.mapping("retry");
        StepOverlay overlay = new StepOverlay(
                name,
                handler == null ? null : handler.forNewKeys().text("callable"),
                handler == null ? null : handler.jsonObject("initialization"),
                reader.whole("timeout_seconds"),
                retry == null ? null : StepReader.retry(retry));
        if (handler != null) {
            handler.finish();
        }
        reader.finish();
        return overlay;
    }
}
