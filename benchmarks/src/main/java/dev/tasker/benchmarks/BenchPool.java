package dev.tasker.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;

/** Connections that are kept, as a server's are: without them every read would open one, and plan anew what it asks. */
final class BenchPool {
    private BenchPool() {}

    /** A pool of few connections. The caller closes it. */
    static HikariDataSource of(DataSource dataSource) {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(dataSource);
        return pool;
    }
}
