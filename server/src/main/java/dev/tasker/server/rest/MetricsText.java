package dev.tasker.server.rest;

/** Builds Prometheus text, series after series. */
final class MetricsText {
    private final StringBuilder text = new StringBuilder(2_048);
    private String series = "";

    MetricsText gauge(String name) {
        return begin(name, "gauge");
    }

    MetricsText counter(String name) {
        return begin(name, "counter");
    }

    MetricsText value(long value) {
        text.append(series).append(' ').append(value).append('\n');
        return this;
    }

    /** @param labels as they stand between the braces */
    MetricsText value(String labels, long value) {
        text.append(series)
                .append('{')
                .append(labels)
                .append("} ")
                .append(value)
                .append('\n');
        return this;
    }

    private MetricsText begin(String name, String type) {
        series = name;
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
