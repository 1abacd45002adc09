package dev.tasker.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HandlerRegistryTest {

    private static final StepHandler ANY = context -> StepResult.success("any");
    private static final StepHandler OWN = context -> StepResult.success("own");

    @Test
    void handlerOfTheNamespaceGoesBeforeOneForAny() {
        var registry = HandlerRegistry.builder()
                .handler("pay", ANY)
                .handler(new HandlerKey("shop", "pay"), OWN)
                .build();

        assertThat(registry.find("shop", "pay")).isSameAs(OWN);
        assertThat(registry.find("bank", "pay")).isSameAs(ANY);
    }

    @Test
    void callableMustMatchExactly() {
        var registry = HandlerRegistry.builder().handler("Pay", ANY).build();

        assertThat(registry.find("shop", "pay")).isNull();
    }

    @Test
    void contributionsAreMerged() {
        var one = HandlerRegistry.builder().handler("one", ANY).build();
        var two = HandlerRegistry.builder().handler("two", OWN).build();

        var both = HandlerRegistry.builder().addAll(one).addAll(two).build();

        assertThat(both.keys()).containsExactlyInAnyOrder(HandlerKey.any("one"), HandlerKey.any("two"));
        assertThat(both.keys()).allMatch(HandlerKey::isWildcard);
    }

    @Test
    void registeringTwiceIsAnError() {
        var builder = HandlerRegistry.builder().handler("pay", ANY);

        assertThatThrownBy(() -> builder.handler("pay", OWN)).hasMessageContaining("registered twice");
    }

    @Test
    void blankNamesAreRefused() {
        assertThatThrownBy(() -> HandlerKey.any(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HandlerKey("", "pay")).isInstanceOf(IllegalArgumentException.class);
    }
}
