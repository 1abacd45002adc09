package dev.tasker.server.config;

import java.util.Arrays;
import java.util.List;

/** How a node learns of work (02 §4.1). The pulse runs in every mode; what differs is whether the node listens for hints. */
public enum DeploymentMode {
    HYBRID("Hybrid"),
    EVENT_DRIVEN_ONLY("EventDrivenOnly"),
    POLLING_ONLY("PollingOnly");

    private static final String KEY = "orchestration.event_systems.orchestration.deployment_mode";

    private final String text;

    DeploymentMode(String text) {
        this.text = text;
    }

    /** The spelling in configurations and answers. */
    public String text() {
        return text;
    }

    boolean listens() {
        return this != POLLING_ONLY;
    }

    /** This mode, or the one that says whether the node listens. */
    DeploymentMode listening(boolean listens) {
        if (listens == listens()) {
            return this;
        }
        return listens ? HYBRID : POLLING_ONLY;
    }

    static DeploymentMode from(Settings settings) {
        List<String> others = List.of(EVENT_DRIVEN_ONLY.text, POLLING_ONLY.text);
        String word = settings.choice(KEY, HYBRID.text, others);
        return Arrays.stream(values())
                .filter(mode -> mode.text.equals(word))
                .findFirst()
                .orElse(HYBRID);
    }
}
