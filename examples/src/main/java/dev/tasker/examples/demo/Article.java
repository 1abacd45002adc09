package dev.tasker.examples.demo;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Something the tea shop sells; {@code stock} counts the pieces per warehouse, the nearest first. */
record Article(String id, String title, int cents, int grams, List<Stock> stock) {

    /** Pieces in one warehouse. */
    record Stock(String warehouse, int pieces) {}

    private static final Map<String, Article> ALL = List.of(
                    article("assam-250", "Assam, 250 g", 890, 260, 120, 400),
                    article("sencha-100", "Sencha, 100 g", 1_150, 110, 30, 75),
                    article("teapot-iron", "Cast iron teapot", 6_900, 1_800, 3, 9),
                    article("cup-porcelain", "Porcelain cup", 750, 220, 40, 0))
            .stream()
            .collect(Collectors.toUnmodifiableMap(Article::id, Function.identity()));

    static @Nullable Article find(String id) {
        return ALL.get(id);
    }

    private static Article article(String id, String title, int cents, int grams, int near, int far) {
        return new Article(id, title, cents, grams, List.of(new Stock("Gothenburg", near), new Stock("Hamburg", far)));
    }
}
