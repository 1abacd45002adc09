package dev.tasker.server.rest;

import dev.tasker.engine.meter.Histogram;
import dev.tasker.engine.meter.Instrument;
import java.math.BigDecimal;
import java.util.List;

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
                    number(Histogram.BOUNDS.get(i) * values.boundUnit()),
                    values.atMost().get(i));
        }
        bucket(labels, "+Inf", values.count());
        text.append("%s_sum{%s} %s\n".formatted(series, labels, number(values.total())));
        text.append("%s_count{%s} %d\n".formatted(series, labels, values.count()));
        return this;
    }

    /** An instrument under the name that the convention gives it (03 §4.1). */
    MetricsText instrument(Instrument instrument) {
        String unit = switch (instrument.unit()) {
            case "ms" -> "_milliseconds";
            case "s" -> "_seconds";
            case "h" -> "_h";
            default -> "";
        };
        String name = "tasker_" + instrument.name().replace('.', '_') + unit;
        switch (instrument.kind()) {
            case COUNTER -> counter(name + "_total");
            case GAUGE -> gauge(name);
            case HISTOGRAM -> histogram(name);
        }
        instrument.values().forEach((values, number) -> value(labels(instrument, values), number));
        instrument.distributions().forEach((values, sizes) -> distribution(labels(instrument, values), sizes));
        return this;
    }

    private static String labels(Instrument instrument, List<String> values) {
        StringBuilder labels = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            labels.append(label(instrument.labels().get(i), values.get(i))).append(',');
        }
        return labels.append(label("otel_scope_name", instrument.meter())).toString();
    }

    /** A label, with what the format reserves escaped. */
    static String label(String name, String value) {
        return name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private static String number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? String.valueOf((long) number)
                : BigDecimal.valueOf(number).toPlainString();
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
