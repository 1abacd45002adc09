package dev.tasker.cli.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.cli.fault.Effect.Kind;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Judges what handlers did to the world against what the server says about it. */
final class History {
    /** Parents of the steps of both templates. */
    private static final Map<String, List<String>> PARENTS = Map.of(
            "left",
            List.of("first"),
            "right",
            List.of("first"),
            "last",
            List.of("left", "right"),
            "after",
            List.of("hold"));

    private final List<Effect> effects;
    private final Map<Effect, Integer> positions = new HashMap<>();

    History(List<Effect> effects) {
        this.effects = effects;
    }

    /** Checks that every task is complete, and all that was promised about the way there. */
    void assertComplete(Rest rest, Collection<UUID> tasks) throws Exception {
        assertEffectsHappenOnce();
        for (UUID task : tasks) {
            Rest.Answer answer = rest.task(task);
            assertThat(answer.body().path("status").asString()).as("%s", answer).isEqualTo("complete");
            Map<String, Integer> recorded = new HashMap<>();
            for (JsonNode step : rest.steps(task).body()) {
                recorded.put(step.path("name").asString(), assertRecorded(step));
            }
            assertChildrenFollow(task, recorded);
        }
    }

    /** One attempt is given to one worker, and ends at most once there. */
    private void assertEffectsHappenOnce() {
        Map<String, Effect> attempts = new HashMap<>();
        for (int position = 0; position < effects.size(); position++) {
            Effect effect = effects.get(position);
            Effect first = attempts.putIfAbsent(effect.stepUuid() + " " + effect.attempt(), effect);
            assertThat(effect.pid())
                    .as("%s: an attempt of two workers", effect)
                    .isEqualTo(first == null ? effect.pid() : first.pid());
            assertThat(positions.put(effect, position))
                    .as("happened twice: %s", effect)
                    .isNull();
            if (effect.kind() == Kind.END) {
                assertThat(positions).as("ended without a start").containsKey(of(effect, Kind.START));
            }
        }
    }

    /** The recorded result is that of one attempt which ended, and no later attempt was started; returns the attempt. */
    private int assertRecorded(JsonNode step) {
        UUID stepUuid = UUID.fromString(step.path("step_uuid").asString());
        JsonNode result = step.path("results").path("result");
        int attempt = result.path("attempt").asInt();
        assertThat(step.path("current_state").asString()).as("%s", step).isEqualTo("complete");
        assertThat(step.path("attempts").asInt())
                .as("%s", step)
                .isEqualTo(attempt)
                .isBetween(1, step.path("max_attempts").asInt());
        assertThat(effects)
                .as("the attempt that was recorded has ended, in the process that says so: %s", step)
                .anyMatch(effect -> effect.kind() == Kind.END
                        && effect.stepUuid().equals(stepUuid)
                        && effect.attempt() == attempt
                        && effect.pid() == result.path("pid").asLong());
        assertThat(effects)
                .as("nothing was started after the recorded attempt %d", attempt)
                .noneMatch(effect -> effect.stepUuid().equals(stepUuid) && effect.attempt() > attempt);
        return attempt;
    }

    /** A step starts when the recorded attempts of all its parents have ended. */
    private void assertChildrenFollow(UUID task, Map<String, Integer> recorded) {
        for (Effect effect : effects) {
            if (!effect.taskUuid().equals(task) || effect.kind() != Kind.START) {
                continue;
            }
            for (String parent : PARENTS.getOrDefault(effect.step(), List.of())) {
                assertThat(effects.subList(0, positions.getOrDefault(effect, 0)))
                        .as("%s before its parent %s", effect, parent)
                        .anyMatch(earlier -> earlier.kind() == Kind.END
                                && earlier.taskUuid().equals(task)
                                && earlier.step().equals(parent)
                                && earlier.attempt() == recorded.getOrDefault(parent, 0));
            }
        }
    }

    private static Effect of(Effect effect, Kind kind) {
        return new Effect(kind, effect.taskUuid(), effect.stepUuid(), effect.step(), effect.attempt(), effect.pid());
    }
}
