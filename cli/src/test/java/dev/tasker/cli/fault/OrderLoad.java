package dev.tasker.cli.fault;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import tools.jackson.databind.JsonNode;

/** Clients that create tasks one after the other, and remember what they were answered. */
final class OrderLoad implements AutoCloseable {
    private final Rest rest;
    private final String namespace;
    private final String name;
    private final IntFunction<JsonNode> context;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, UUID> confirmed = new ConcurrentHashMap<>();
    private final Map<Integer, String> unconfirmed = new ConcurrentHashMap<>();
    private final Queue<Long> answerMs = new ConcurrentLinkedQueue<>();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean ending;

    /** @param context of the task with that number; different for each, as it is the task's identity */
    OrderLoad(Rest rest, String namespace, String name, IntFunction<JsonNode> context) {
        this.rest = rest;
        this.namespace = namespace;
        this.name = name;
        this.context = context;
    }

    OrderLoad start(int clientCount) {
        for (int client = 0; client < clientCount; client++) {
            clients.add(Thread.ofVirtual().start(this::createMany));
        }
        return this;
    }

    /** Tasks that the server confirmed, by number. */
    Map<Integer, UUID> confirmed() {
        return confirmed;
    }

    /** What went wrong with the others, by number. */
    Map<Integer, String> unconfirmed() {
        return unconfirmed;
    }

    long slowestAnswerMs() {
        return answerMs.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Lets the clients end and waits for their last answers. */
    @Override
    public void close() {
        ending = true;
        for (Thread client : clients) {
            try {
                client.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("clients still wait for answers", e);
            }
        }
    }

    /** Sends again what was not confirmed: a task that exists is not made twice, one that does not is made now. */
    void repeatUnconfirmed(Rest to) throws IOException, InterruptedException {
        for (int number : List.copyOf(unconfirmed.keySet())) {
            Rest.Answer answer = to.create(namespace, name, context.apply(number));
            if (answer.status() == 200) {
                confirmed.put(number, Rest.taskUuid(answer.body()));
            } else if (answer.status() != 409) {
                throw new AssertionError("order " + number + " after " + unconfirmed.get(number) + ": " + answer);
            }
        }
    }

    private void createMany() {
        while (!ending) {
            int number = next.getAndIncrement();
            long start = System.nanoTime();
            try {
                Rest.Answer answer = rest.create(namespace, name, context.apply(number));
                if (answer.status() == 200) {
                    confirmed.put(number, Rest.taskUuid(answer.body()));
                } else {
                    unconfirmed.put(number, answer.status() + " " + answer.body());
                }
            } catch (IOException e) {
                unconfirmed.put(number, e.toString());
                return; // nobody is there any more
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                answerMs.add((System.nanoTime() - start) / 1_000_000);
            }
        }
    }
}
