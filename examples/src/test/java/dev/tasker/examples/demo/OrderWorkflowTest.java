package dev.tasker.examples.demo;

import static dev.tasker.junit.WorkflowAssertions.assertThat;

import dev.tasker.junit.WorkflowRun;
import dev.tasker.junit.Workflows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The demonstration's order on a real engine. */
class OrderWorkflowTest {
    // guide: example
    @RegisterExtension
    static final Workflows workflows = Workflows.with(DemoHandlers.registry()).template(DemoHandlers.templateYaml());

    @Test
    void sampleOrderIsShippedAndTheReceiptSent() {
        WorkflowRun run = workflows.run(DemoHandlers.sampleOrderJson());

        assertThat(run)
                .isComplete()
                .step("ship_parcel")
                .isComplete()
                .and()
                .step("send_receipt")
                .isComplete();
    }
    // guide end
}
