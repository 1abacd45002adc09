package dev.tasker.worker;

import static dev.tasker.worker.Assignments.assignment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.HandDrivenSource.Publication;
import dev.tasker.worker.HandDrivenSource.Session;
import dev.tasker.worker.event.DeclaredEvent;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Domain events on their way from a running handler to the source (04 §9.6). */
@Timeout(30)
class HandlerEventTest {
    private static StepResult publish(StepContext context) throws InterruptedException {
        return StepResult.success(
                context.publishEvent("item.seen", Map.of("n", 1), DeclaredEvent.Mode.FAST) ? "published" : "not");
    }

    @ParameterizedTest
    @EnumSource(CompletionStatus.class)
    void handlerHearsWhetherItsEventIsPublishedAndGoesOnEitherWay(CompletionStatus status) {
        try (var fixture = new WorkerFixture(HandlerEventTest::publish)) {
            Assignment given = assignment();
            fixture.session.assign(given);
            Publication published = HandDrivenSource.take(fixture.session.publications);
            assertThat(published.assignment()).isEqualTo(given);
            assertThat(published.event().name()).isEqualTo("item.seen");
            assertThat(published.event().payloadJson()).isEqualTo("{\"n\":1}");
            assertThat(published.event().mode()).isEqualTo(DeclaredEvent.Mode.FAST);
            assertThat(fixture.session.completions).isEmpty();

            published.answer().complete(status);

            boolean isPublished = status == CompletionStatus.ACCEPTED || status == CompletionStatus.DUPLICATE;
            var result = fixture.session.nextCompletion();
            assertThat(result.report().success()).isTrue();
            assertThat(result.report().document())
                    .contains("\"result\":\"" + (isPublished ? "published" : "not") + '"');
        }
    }

    @Test
    void eventThatALostSessionLeftUnansweredGoesThroughTheNextUnderItsId() {
        try (var fixture = new WorkerFixture(HandlerEventTest::publish)) {
            fixture.session.assign(assignment());
            Publication lost = HandDrivenSource.take(fixture.session.publications);
            fixture.session.cut();
            lost.answer().completeExceptionally(new IllegalStateException("gone"));
            Session successor = fixture.source.nextSession();

            Publication again = HandDrivenSource.take(successor.publications);
            again.answer().complete(CompletionStatus.DUPLICATE);

            assertThat(again.event()).isEqualTo(lost.event());
            assertThat(successor.nextCompletion().report().document()).contains("\"result\":\"published\"");
        }
    }

    @Test
    void payloadThatCannotBeWrittenIsNotPublishedAndTheStepGoesOn() {
        var endless = new HashMap<String, Object>();
        endless.put("self", endless);
        StepHandler handler = context -> StepResult.success(context.publishEvent("item.seen", endless));
        try (var fixture = new WorkerFixture(handler)) {
            assertThat(fixture.run(assignment()).report().document()).contains("\"result\":false");
            assertThat(fixture.session.publications).isEmpty();
        }
    }

    @Test
    void contextOfATestTakesEveryEvent() throws InterruptedException {
        assertThat(new StepContext(assignment()).publishEvent("item.seen", null))
                .isTrue();
    }
}
