package dev.tasker.worker;

/**
 * What the subscribers of a worker heard, at one moment (04 §6.8). The counters only grow.
 *
 * @param subscriptions patterns with a subscriber each
 * @param handled events that a subscriber took, or said that it did not want
 * @param failed events that a subscriber failed on or was too slow for
 * @param dropped events that gave way to later ones because a subscriber was too slow
 */
public record SubscriberStatistics(int subscriptions, long handled, long failed, long dropped) {}
