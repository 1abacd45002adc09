package dev.tasker.workerprocess;

/** Where a worker process is in its life (04 §1.4). */
public enum WorkerStatus {
    STARTING("Starting"),
    RUNNING("Running"),
    STOPPING("Stopping"),
    STOPPED("Stopped");

    private final String text;

    WorkerStatus(String text) {
        this.text = text;
    }

    /** As people read it. */
    public String text() {
        return text;
    }
}
