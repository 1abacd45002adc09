package dev.tasker.worker;

/** Takes the checkpoints of a handler that goes on running. */
@FunctionalInterface
public interface CheckpointSink {

    /**
     * Returns when the checkpoint is saved.
     *
     * @throws CheckpointStepException it was not, within ten seconds or at all
     */
    void save(Checkpoint checkpoint) throws InterruptedException;
}
