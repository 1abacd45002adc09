package dev.tasker.worker.sample;

import dev.tasker.worker.annotated.Handles;
import dev.tasker.worker.annotated.Input;

/** Found by looking through its package. */
@Handles("sample.greet")
final class Greeting {
    String call(@Input("name") String name) {
        return "Hello " + name;
    }
}
