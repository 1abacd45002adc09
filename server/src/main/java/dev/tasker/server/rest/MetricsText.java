package dev.tasker.server.rest;

import dev.tasker.engine.StalenessMetrics.Histogram;
import java.math.BigDecimal;

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

    MetricsText histogram(String name) {
        return begin(name, "histogram");
    }

    /** @param labels as they stand between the braces */
    MetricsText distribution(String labels, Histogram values) {
        for (int i = 0; i < Histogram.BOUNDS.size(); i++) {
            bucket(
                    labels,
                    String.valueOf(Histogram.BOUNDS.get(i)),
                    values.atMost().get(i));
        }
        bucket(labels, "+Inf", values.count());
        text.append("%s_sum{%s} %s\n"
                .formatted(series, labels, BigDecimal.valueOf(values.total()).toPlainString()));
        text.append("%s_count{%s} %d\n".formatted(series, labels, values.count()));
        return this;
    }

    private void bucket(String labels, String bound, long count) {
        text.append("%s_bucket{%s,le=\"%s\"} %d\n".formatted(series, labels, bound, count));
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
