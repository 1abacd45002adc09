package dev.tasker.testkit.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the result of a step asks to be added to its task. */
sealed interface Wish {
    record Nothing() implements Wish {}

    /** The branches a decision names. */
    record Branches(List<String> names) implements Wish {}

    /** Instances of {@code worker}, one per id. */
    record Batches(String worker, int count, List<String> ids) implements Wish {}

    /** A batchable step found nothing to do; {@code named}: the worker its initialization names. */
    record NoBatches(@Nullable String named) implements Wish {}
}
