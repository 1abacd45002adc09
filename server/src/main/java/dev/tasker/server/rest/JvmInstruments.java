package dev.tasker.server.rest;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/** What the Java runtime tells of itself, under the names of the semantic conventions. */
final class JvmInstruments {
    private JvmInstruments() {}

    static void write(MetricsText text) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        text.gauge("jvm_memory_used_bytes")
                .value("jvm_memory_type=\"heap\"", heap.getUsed())
                .value("jvm_memory_type=\"non_heap\"", other.getUsed());
        text.gauge("jvm_memory_committed_bytes")
                .value("jvm_memory_type=\"heap\"", heap.getCommitted())
                .value("jvm_memory_type=\"non_heap\"", other.getCommitted());
        text.gauge("jvm_thread_count").value(ManagementFactory.getThreadMXBean().getThreadCount());
        text.counter("jvm_gc_collections_total");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            text.value(MetricsText.label("jvm_gc_name", collector.getName()), collector.getCollectionCount());
        }
        text.counter("jvm_gc_milliseconds_total");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            text.value(MetricsText.label("jvm_gc_name", collector.getName()), collector.getCollectionTime());
        }
        text.gauge("process_uptime_seconds")
                .value(ManagementFactory.getRuntimeMXBean().getUptime() / 1_000);
    }
}
