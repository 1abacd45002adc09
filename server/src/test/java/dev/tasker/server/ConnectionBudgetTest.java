package dev.tasker.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionBudgetTest {
    @Test
    void nodeThatFitsSaysNothing() {
        assertThat(new ConnectionBudget(100, 3, 64, 25, 8).warning()).isEmpty();
    }

    @Test
    void nodeThatCanNeverFitSaysSoInNumbers() {
        assertThat(new ConnectionBudget(30, 3, 0, 20, 8).warning())
                .hasValue("This server may open 28 connections (pool 20, engine 8), and the database gives 27"
                        + " (max_connections 30 - reserved 3); lower common.database.pool.max_connections or raise"
                        + " max_connections");
    }

    @Test
    void nodeThatFitsOnlyAloneSaysWhatOthersHold() {
        assertThat(new ConnectionBudget(100, 3, 65, 25, 8).warning())
                .get()
                .asString()
                .contains("33 connections", "gives 97", "others hold 65");
    }

    @Test
    void poolBehindAProxyDoesNotCount() {
        assertThat(new ConnectionBudget(20, 3, 0, 0, 8).warning()).isEmpty();
    }
}
