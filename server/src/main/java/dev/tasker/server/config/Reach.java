package dev.tasker.server.config;

/**
 * Who can reach the listeners of a process. Without authentication only this machine may connect, unless somebody decided otherwise in
 * writing (03 §3.1).
 */
record Reach(Settings settings, String authSection, boolean decided) {

    static Reach of(Settings settings, Environment environment, String authSection, AuthConfig auth) {
        boolean decided =
                auth.enabled() || environment == Environment.TEST || settings.states(authSection + ".enabled", false);
        return new Reach(settings, authSection, decided);
    }

    /** Notes a violation when the address is open to others and nobody decided that it should be. */
    void check(String key, boolean enabled, BindAddress address) {
        if (enabled && !decided && !address.isLoopback()) {
            settings.violation(
                    key,
                    address.toString(),
                    "a loopback address; or " + authSection + ".enabled = true; or " + authSection
                            + ".enabled = false written in the file, or TASKER_ENV=test, to let everybody in");
        }
    }
}
