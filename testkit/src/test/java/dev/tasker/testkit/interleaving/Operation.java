package dev.tasker.testkit.interleaving;

import java.util.List;

/**
 * One thing a node does to the database: queries made one after another in one go.
 *
 * @param function the call whose statement boundaries it is held at
 * @param skipsLocked whether it leaves out what another transaction holds, even should that be rolled back
 */
record Operation(String name, String function, List<String> queries, boolean skipsLocked) {

    static Operation of(String name, String function, String query) {
        return new Operation(name, function, List.of(query), false);
    }

    @Override
    public String toString() {
        return name;
    }
}
