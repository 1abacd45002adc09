package dev.tasker.testkit.fault;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Hands out connections of another data source, and faults with them: single statements can be parked or lose their answer, all connections
 * can break, the whole database can be out of reach. What is not struck passes through. Thread-safe.
 */
public final class FaultyDataSource implements DataSource {
    /** Connection exception: the connection failed. What drivers report when an answer is lost. */
    private static final String CONNECTION_FAILURE = "08006";

    private final DataSource target;
    private final Map<Connection, Integer> open = new ConcurrentHashMap<>(); // with its server process
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private volatile boolean away;

    public FaultyDataSource(DataSource target) {
        this.target = target;
    }

    /** Lays a fault for the next statement whose text contains {@code fragment}. */
    public Fault on(String fragment, Fault.Kind kind) {
        Fault fault = new Fault(kind, fragment);
        faults.add(fault);
        return fault;
    }

    /** Takes away the faults that have not struck. */
    public void withdraw() {
        faults.clear();
    }

    /** From now on the database is out of reach: what is open breaks, nothing opens. */
    public void goAway() {
        away = true;
        breakAll();
    }

    /** The database is within reach again. */
    public void comeBack() {
        away = false;
    }

    /** Breaks every open connection at this end; the server finds out by itself. */
    public void breakAll() {
        open.keySet().forEach(FaultyDataSource::abort);
    }

    /** Ends the server process of every open connection, as an administrator would; returns how many there were. */
    public int terminateBackends() throws SQLException {
        Integer[] processes = open.values().toArray(Integer[]::new);
        try (Connection connection = target.getConnection();
                PreparedStatement terminate =
                        connection.prepareStatement("SELECT pg_terminate_backend(pid) FROM unnest(?) AS pid")) {
            Array array = connection.createArrayOf("integer", processes);
            terminate.setArray(1, array);
            terminate.executeQuery();
        }
        return processes.length;
    }

    /** Connections open now. */
    public int openConnections() {
        return open.size();
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (away) {
            throw unreachable();
        }
        return faulty(target.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        if (away) {
            throw unreachable();
        }
        return faulty(target.getConnection(user, password));
    }

    private Connection faulty(Connection real) throws SQLException {
        open.put(real, real.unwrap(PGConnection.class).getBackendPID());
        if (away) {
            abort(real); // opened while it went away
            open.remove(real);
            throw unreachable();
        }
        return proxy(Connection.class, (_, method, arguments) -> switch (method.getName()) {
            case "prepareStatement" -> {
                String sql = (String) arguments[0];
                yield statement(PreparedStatement.class, call(real, method, arguments), real, sql);
            }
            case "createStatement" -> statement(Statement.class, call(real, method, arguments), real, null);
            case "close", "abort" -> {
                open.remove(real);
                yield call(real, method, arguments);
            }
            default -> call(real, method, arguments);
        });
    }

    private Object statement(Class<?> type, @Nullable Object real, Connection connection, @Nullable String prepared) {
        return proxy(type, (_, method, arguments) -> {
            if (!method.getName().startsWith("execute")) {
                return call(real, method, arguments);
            }
            String sql = prepared != null ? prepared : arguments == null ? "" : String.valueOf(arguments[0]);
            Fault fault = take(sql);
            return fault == null ? call(real, method, arguments) : struck(fault, connection, real, method, arguments);
        });
    }

    private @Nullable Fault take(String sql) {
        for (Fault fault : List.copyOf(faults)) {
            if (fault.concerns(sql) && faults.remove(fault)) {
                return fault;
            }
        }
        return null;
    }

    private @Nullable Object struck(
            Fault fault,
            Connection connection,
            @Nullable Object statement,
            Method method,
            Object @Nullable [] arguments)
            throws Throwable {
        return switch (fault.kind()) {
            case PARK_BEFORE -> {
                fault.park();
                yield call(statement, method, arguments);
            }
            case PARK_AFTER -> {
                Object answer = call(statement, method, arguments);
                fault.park();
                yield answer;
            }
            case LOSE_REQUEST -> {
                abort(connection);
                fault.strike();
                throw new SQLException("request lost on purpose", CONNECTION_FAILURE);
            }
            case LOSE_ANSWER -> {
                call(statement, method, arguments);
                abort(connection);
                fault.strike();
                throw new SQLException("answer lost on purpose", CONNECTION_FAILURE);
            }
            case CANCEL_MIDWAY, TERMINATE_MIDWAY -> {
                int process = connection.unwrap(PGConnection.class).getBackendPID();
                try (MidwayStop _ = MidwayStop.of(target, process, fault.kind() == Fault.Kind.CANCEL_MIDWAY)) {
                    fault.strike();
                    yield call(statement, method, arguments);
                }
            }
        };
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw new IllegalStateException("a connection could not be broken", e);
        }
    }

    private static SQLException unreachable() {
        return new SQLException("database out of reach on purpose", "08001");
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object call(@Nullable Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return target.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        target.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        target.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return target.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger(Logger.GLOBAL_LOGGER_NAME);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return target.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return target.isWrapperFor(type);
    }
}
