package dev.tasker.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A random graph of three to nine steps with random retry policies. Delays are multiples of {@link #DELAY_UNIT_SECONDS}, far beyond the time
 * a test takes, so that shifting the clock alone decides what is due.
 */
public final class RandomTemplate {
    public static final int DELAY_UNIT_SECONDS = 100;

    private static final List<String> BACKOFFS = List.of("none", "linear", "exponential", "fibonacci");

    private RandomTemplate() {}

    /** A template whose steps name callables out of {@code callables}. */
    public static TemplateFixture of(String namespace, String name, List<String> callables, RandomGenerator random) {
        return of(namespace, name, callables, random, () -> "");
    }

    /** The same, each step with {@code more} keys in YAML. */
    public static TemplateFixture of(
            String namespace, String name, List<String> callables, RandomGenerator random, Supplier<String> more) {
        TemplateFixture template = TemplateFixture.of(namespace, name);
        int size = 3 + random.nextInt(7);
        for (int i = 0; i < size; i++) {
            List<String> parents = new ArrayList<>();
            for (int tries = i == 0 ? 0 : random.nextInt(4); tries > 0; tries--) {
                String parent = "s" + random.nextInt(i);
                if (!parents.contains(parent)) {
                    parents.add(parent);
                }
            }
            String callable = callables.get(random.nextInt(callables.size()));
            template = template.step("s" + i, callable, parents, policy(random) + "\n" + more.get());
        }
        return template;
    }

    private static String policy(RandomGenerator random) {
        if (random.nextInt(3) == 0) {
            return "";
        }
        String limits = "retryable: " + (random.nextInt(6) > 0) + ", max_attempts: " + random.nextInt(4);
        if (random.nextInt(3) == 0) {
            return "retry: {" + limits + "}";
        }
        return "retry: {" + limits + ", backoff: " + BACKOFFS.get(random.nextInt(BACKOFFS.size()))
                + ", backoff_base_ms: "
                + (1 + random.nextInt(3)) * DELAY_UNIT_SECONDS * 1000 + ", max_backoff_ms: "
                + (3 + random.nextInt(3)) * DELAY_UNIT_SECONDS * 1000 + "}";
    }
}
