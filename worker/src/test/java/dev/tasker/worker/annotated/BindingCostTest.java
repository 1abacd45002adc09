package dev.tasker.worker.annotated;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tasker.worker.Assignments;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Calling an annotated method reflects nothing: what it takes was worked out when it was registered. */
class BindingCostTest {
    private static final int CALLS = 20_000;

    @SuppressWarnings("unused") // called through its annotation
    static final class Adder {
        private final Sum sum = new Sum(0);

        @Handles("add")
        Sum add(@Input("a") int a, @Input("b") int b) {
            return a + b == 3 ? sum : new Sum(a + b);
        }
    }

    record Sum(int value) {}

    @Test
    void aCallAllocatesAnArrayAndItsResult() throws Exception {
        StepHandler handler = Objects.requireNonNull(
                HandlerRegistry.builder().annotated(new Adder()).build().find("any", "add"));
        var context =
                new StepContext(Assignments.with().context("{\"a\":1,\"b\":2}").build());
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        run(handler, context, CALLS);

        long before = threads.getCurrentThreadAllocatedBytes();
        run(handler, context, CALLS);
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / CALLS;

        assertThat(each).isLessThan(200);
    }

    private static void run(StepHandler handler, StepContext context, int calls) throws Exception {
        for (int i = 0; i < calls; i++) {
            handler.handle(context);
        }
    }
}
