package dev.tasker.client;

/** All operations over REST. */
final class RestOperations implements Operations {
    private final RestCalls calls;

    RestOperations(ClientConfig config) {
        this.calls = new RestCalls(config);
    }

    @Override
    public Tasks tasks() {
        return new RestTasks(calls);
    }

    @Override
    public Steps steps() {
        return new RestSteps(calls);
    }

    @Override
    public Templates templates() {
        return new RestTemplates(calls);
    }

    @Override
    public DeadLetters deadLetters() {
        return new RestDeadLetters(calls);
    }

    @Override
    public Analytics analytics() {
        return new RestAnalytics(calls);
    }

    @Override
    public Health health() {
        return new RestHealth(calls);
    }

    @Override
    public ServerConfiguration configuration() throws InterruptedException {
        return calls.call(Request.get("/config"), ServerConfiguration.class);
    }

    @Override
    public void close() {
        calls.close();
    }
}
