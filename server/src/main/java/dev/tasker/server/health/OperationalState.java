package dev.tasker.server.health;

/** What the node is up to (02 §9.4). */
public enum OperationalState {
    STARTUP("Startup"),
    NORMAL("Normal"),
    GRACEFUL_SHUTDOWN("GracefulShutdown"),
    STOPPED("Stopped");

    private final String text;

    OperationalState(String text) {
        this.text = text;
    }

    /** The spelling in health answers. */
    public String text() {
        return text;
    }
}
