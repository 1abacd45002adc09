package dev.tasker.server.config;

/** The default of a key, by environment. */
record Defaults<T>(T development, T test, T production) {

    static <T> Defaults<T> of(T everywhere) {
        return new Defaults<>(everywhere, everywhere, everywhere);
    }

    Defaults<T> development(T value) {
        return new Defaults<>(value, test, production);
    }

    Defaults<T> test(T value) {
        return new Defaults<>(development, value, production);
    }

    Defaults<T> production(T value) {
        return new Defaults<>(development, test, value);
    }

    T in(Environment environment) {
        return switch (environment) {
            case DEVELOPMENT -> development;
            case TEST -> test;
            case PRODUCTION -> production;
        };
    }
}
