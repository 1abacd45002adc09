package dev.tasker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.TaskSearch.At;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be looked for at all. */
class TaskSearchTest {

    @Test
    void wordsAreWhatStandsBetweenBlanks() {
        assertThat(TaskSearch.words(" one\ttwo  three\n").words()).containsExactly("one", "two", "three");
        assertThat(TaskSearch.words(" ").isNothing()).isTrue();
        assertThat(TaskSearch.words("one").isNothing()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a..b", ".a", "a.", "a.b.c.d.e.f.g.h.i.j.k", "a\0b"})
    void pathsThatLeadNowhereAreRefused(String path) {
        refused(() -> new At(path, "x"), "context." + path.replace("\0", ""));
    }

    @Test
    void whatCannotBeThereIsRefused() {
        refused(() -> new At("a", "x\0"), "context.a: has a null character");
        refused(() -> new At("a", "x".repeat(10_001)), "context.a: a value of 10001 characters");
        refused(() -> new At("a".repeat(1_001), "x"), "context.aaa");
        refused(() -> new TaskSearch(List.of(), Collections.nCopies(6, new At("a", "x"))), "context: 6 values");
        refused(() -> TaskSearch.words("x ".repeat(11)), "q: 11 words");
        refused(() -> TaskSearch.words("x".repeat(201)), "q: a word of 201 characters");
        refused(() -> TaskSearch.words("a\0"), "q: has a null character");
        assertThat(new At("a.b.c.d.e.f.g.h.i.j", "x".repeat(10_000)).value()).hasSize(10_000);
    }

    private static void refused(ThrowingCallable made, String message) {
        assertThatThrownBy(made)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageStartingWith(message);
    }
}
