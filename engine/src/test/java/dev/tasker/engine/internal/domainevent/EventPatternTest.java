package dev.tasker.engine.internal.domainevent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.EngineException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns of subscribers (04 §6.6). */
class EventPatternTest {

    @ParameterizedTest
    @CsvSource({
        "payment.failed, payment.failed, true",
        "payment.failed, payment.failed.hard, false",
        "payment.failed, payment.done, false",
        "*, payment.card.failed, true",
        "payment.*, payment.failed, true",
        "payment.*, payment.card.failed, false",
        "*.failed, payment.failed, true",
        "*.failed, payment.card.failed, false",
        "payment.*.failed, payment.card.failed, true",
        "payment.**, payment.card.failed, true",
        "payment.**, payment.failed, true",
        "payment.**, payment, false",
        "payment.**, order.paid, false",
        "*.card.**, payment.card.failed, true",
        "**, payment.failed, true",
    })
    void starStandsForOneSegmentAndTwoForTheRest(String pattern, String name, boolean matches) {
        assertThat(EventPattern.of(pattern).matches(name)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "payment.", "payment..failed", "pay*", "**.failed", "a.**.b", "***"})
    void whatIsNoPatternIsRefused(String text) {
        assertThatThrownBy(() -> EventPattern.of(text))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("pattern: '" + text + "'");
    }
}
