package dev.tasker.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.ResolutionStatus;
import dev.tasker.engine.TaskState;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The words of filters. */
class WordsTest {

    @Test
    void everyStateAndEveryAliasIsKnown() {
        for (TaskState state : TaskState.values()) {
            if (state != TaskState.PENDING) {
                assertThat(TaskStateWords.ofStatus(state.text())).containsExactly(state);
            }
            assertThat(TaskStateWords.ofStates(state.text())).containsExactly(state);
        }
        EnumSet<TaskState> unfinished = EnumSet.allOf(TaskState.class);
        unfinished.removeIf(TaskState::isTerminal);
        assertThat(TaskStateWords.ofStatus("completed")).containsExactly(TaskState.COMPLETE);
        assertThat(TaskStateWords.ofStatus("Failed")).containsExactly(TaskState.ERROR);
        assertThat(TaskStateWords.ofStatus("active")).isEqualTo(unfinished);
        assertThat(TaskStateWords.ofStatus("pending")).isEqualTo(unfinished);
        assertThat(TaskStateWords.ofStatus("in_progress")).containsExactly(TaskState.STEPS_IN_PROCESS);
        assertThat(TaskStateWords.ofStates("error, complete"))
                .containsExactlyInAnyOrder(TaskState.ERROR, TaskState.COMPLETE);
        assertThatThrownBy(() -> TaskStateWords.ofStatus("lost")).hasMessage("Unknown status: lost");
        assertThatThrownBy(() -> TaskStateWords.ofStates("error,")).hasMessage("Unknown status: ");
    }

    @Test
    void deadLettersHaveTwoSpellings() {
        for (ResolutionStatus status : ResolutionStatus.values()) {
            assertThat(DeadLetterWords.status(status.text())).isEqualTo(status);
            assertThat(DeadLetterWords.status(DeadLetterWords.pascal(status))).isEqualTo(status);
        }
        assertThat(List.of(DeadLetterReason.values()))
                .extracting(DeadLetterWords::pascal)
                .containsExactly(
                        "StalenessTimeout",
                        "MaxRetriesExceeded",
                        "DependencyCycleDetected",
                        "WorkerUnavailable",
                        "ManualDlq");
        assertThatThrownBy(() -> DeadLetterWords.status("manuallyResolved"))
                .hasMessageStartingWith("Unknown resolution status: manuallyResolved");
    }

    @Test
    void pagesAreCounted() {
        assertThat(new NumberedPage(List.of(), 1, 25, 0, true).totalPages()).isZero();
        assertThat(new NumberedPage(List.of(), 1, 25, 26, true).totalPages()).isEqualTo(2);
        assertThat(new NumberedPage(List.of(), 2, 25, 26, true).hasNext()).isFalse();
        assertThat(new NumberedPage(List.of(), 1, 25, 26, true).hasPrevious()).isFalse();
    }
}
