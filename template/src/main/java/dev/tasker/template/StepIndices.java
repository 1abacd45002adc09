package dev.tasker.template;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** An immutable set of positions in {@link TemplatePlan#steps()}, walked in ascending order. */
public final class StepIndices {
    private final BitSet bits;

    private StepIndices(BitSet bits) {
        this.bits = bits;
    }

    static StepIndices of(BitSet bits) {
        return new StepIndices((BitSet) bits.clone());
    }

    static StepIndices of(int... indices) {
        BitSet bits = new BitSet();
        Arrays.stream(indices).forEach(bits::set);
        return new StepIndices(bits);
    }

    StepIndices within(BitSet others) {
        BitSet common = (BitSet) bits.clone();
        common.and(others);
        return new StepIndices(common);
    }

    /** How many there are; walks the set. */
    public int size() {
        return bits.cardinality();
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return bits.isEmpty();
    }

    /** Whether {@code index} is one of them. */
    public boolean contains(int index) {
        return index >= 0 && bits.get(index);
    }

    /** Hands over each of them. */
    public void forEach(IntConsumer action) {
        for (int index = bits.nextSetBit(0); index >= 0; index = bits.nextSetBit(index + 1)) {
            action.accept(index);
        }
    }

    /** All of them. */
    public IntStream stream() {
        return bits.stream();
    }

    /** All of them, in an array of the caller's own. */
    public int[] toArray() {
        return bits.stream().toArray();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StepIndices indices && bits.equals(indices.bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    @Override
    public String toString() {
        return bits.toString();
    }
}
