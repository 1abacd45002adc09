package dev.tasker.client;

import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Tasks, page by page: the next one is asked for when it is needed. A task that a page repeats, because newer ones moved it, is told once. */
final class TaskPages extends AbstractSpliterator<Task> {
    /** As many as a page may have. */
    static final int PAGE = 100;

    private final Source source;
    private Iterator<Task> left = List.<Task>of().iterator();
    private @Nullable TaskPage last;

    /** Where pages come from. */
    interface Source {
        /** The page behind this one, the first behind null. */
        TaskPage after(@Nullable TaskPage page) throws InterruptedException;
    }

    private TaskPages(Source source) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
        this.source = source;
    }

    static Stream<Task> stream(Source source) {
        return StreamSupport.stream(new TaskPages(source), false);
    }

    @Override
    public boolean tryAdvance(Consumer<? super Task> action) {
        while (!left.hasNext()) {
            if (last != null && !last.pagination().hasNext()) {
                return false;
            }
            turn();
        }
        action.accept(left.next());
        return true;
    }

    private void turn() {
        try {
            TaskPage next = source.after(last);
            List<Task> known = last == null ? List.of() : last.tasks();
            left = next.tasks().stream()
                    .filter(task ->
                            known.stream().noneMatch(one -> one.taskUuid().equals(task.taskUuid())))
                    .iterator();
            last = next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("Interrupted while a page of tasks was read.");
        }
    }
}
