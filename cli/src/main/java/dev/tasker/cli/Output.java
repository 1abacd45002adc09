package dev.tasker.cli;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Prints what a command has found: a table for people, JSON with the names of the API for programs, bare ids for the next command. */
record Output(PrintWriter out, Connection.Format format) {

    /** One thing. */
    void show(Object value, Supplier<String> text, Function<Output, Collection<?>> ids) {
        switch (format) {
            case table -> out.print(text.get());
            case json -> out.println(indented().writeValueAsString(value));
            case jsonl -> out.println(compact().writeValueAsString(value));
            case yaml -> out.print(DataText.yaml(compact().valueToTree(value)));
            case csv -> out.print(DataText.csv(compact().valueToTree(value)));
            case id -> ids.apply(this).forEach(out::println);
        }
        out.flush();
    }

    /** One thing that has an id. */
    void show(Object value, Object id, Supplier<String> text) {
        show(value, text, _ -> List.of(id));
    }

    /**
     * Many things.
     *
     * @param whole what {@code json} and {@code yaml} print; {@code jsonl} and {@code csv} print one line for each
     */
    <T> void showAll(Object whole, Collection<T> all, Supplier<String> text, Function<T, ?> id) {
        if (format == Connection.Format.jsonl) {
            all.forEach(each -> out.println(compact().writeValueAsString(each)));
            out.flush();
        } else if (format == Connection.Format.csv) {
            out.print(DataText.csv(compact().valueToTree(all)));
            out.flush();
        } else {
            show(whole, text, _ -> all.stream().map(id).toList());
        }
    }

    /** As many things as come, one after the other; {@code jsonl} and {@code id} print each when it comes, the others need all of them. */
    <T> void showEach(Stream<T> all, Function<List<T>, String> text, Function<T, ?> id) {
        switch (format) {
            case jsonl -> all.forEach(each -> out.println(compact().writeValueAsString(each)));
            case id -> all.map(id).forEach(out::println);
            case table, json, yaml, csv -> {
                List<T> found = all.toList();
                showAll(found, found, () -> text.apply(found), id);
            }
        }
        out.flush();
    }

    boolean isForPeople() {
        return format == Connection.Format.table;
    }

    /** A document as it is. */
    void raw(Object value) {
        out.println(indented().writeValueAsString(value));
        out.flush();
    }

    static JsonMapper compact() {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
    }

    private static JsonMapper indented() {
        return compact().rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();
    }
}
