package dev.tasker.examples.demo;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Packs the heaviest pieces first, each into the first parcel that can still carry it. */
final class PackParcel implements StepHandler {

    /** A parcel: its weight and how many pieces of which article are inside. */
    private static final class Parcel {
        private final Map<String, Integer> contents = new TreeMap<>();
        private int grams;

        void add(Basket.Line line) {
            contents.merge(line.article(), 1, Integer::sum);
            grams += line.grams();
        }

        Map<String, Object> asResult(int number) {
            return Map.of("number", number, "grams", grams, "contents", contents);
        }
    }

    @Override
    public StepResult handle(StepContext context) {
        return StepResult.success(pack(Basket.of(context), context.configOr("parcel_grams_max", 5_000)));
    }

    static Map<String, Object> pack(Basket basket, int gramsMax) {
        var parcels = new ArrayList<Parcel>();
        List<Basket.Line> heaviestFirst = basket.lines().stream()
                .sorted(Comparator.comparingInt(Basket.Line::grams).reversed())
                .toList();
        for (Basket.Line line : heaviestFirst) {
            for (int piece = 0; piece < line.quantity(); piece++) {
                parcelFor(line, parcels, gramsMax).add(line);
            }
        }
        var result = new ArrayList<Map<String, Object>>();
        for (Parcel parcel : parcels) {
            result.add(parcel.asResult(result.size() + 1));
        }
        return Map.of("parcels", result);
    }

    private static Parcel parcelFor(Basket.Line line, List<Parcel> parcels, int gramsMax) {
        for (Parcel parcel : parcels) {
            if (parcel.grams + line.grams() <= gramsMax) {
                return parcel;
            }
        }
        var parcel = new Parcel();
        parcels.add(parcel);
        return parcel;
    }
}
