package dev.tasker.server.config;

import dev.tasker.engine.AuditConfig;
import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.DomainEventConfig;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.GraphConfig;
import dev.tasker.engine.LaneConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.RetentionConfig;
import dev.tasker.engine.RollupConfig;
import dev.tasker.engine.StalenessConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads the engine's records, which know nothing of files. */
final class EngineSettings {
    private final Settings settings;
    private final DeploymentMode mode;

    EngineSettings(Settings settings, DeploymentMode mode) {
        this.settings = settings;
        this.mode = mode;
    }

    EngineConfig engine(boolean replacesTemplates) {
        return new EngineConfig(
                lanes(),
                leases(),
                backoff(),
                dispatch(),
                graph(),
                domainEvents(),
                staleness(),
                retention(),
                audit(),
                rollups(),
                false,
                replacesTemplates);
    }

    private LaneConfig lanes() {
        String at = "orchestration.lanes.";
        LaneConfig standard = LaneConfig.DEFAULT;
        return new LaneConfig(
                settings.integer(at + "count", Defaults.of(standard.lanes()), 1, 8),
                settings.integer(at + "queue_commands_max", Defaults.of(standard.queueCommandsMax()), 1, 1_000_000),
                settings.whole(at + "queue_bytes_max", Defaults.of(standard.queueBytesMax()), 1L << 20, 1L << 32),
                settings.integer(at + "batch_commands_max", Defaults.of(standard.batchCommandsMax()), 1, 10_000),
                settings.whole(at + "batch_bytes_max", Defaults.of(standard.batchBytesMax()), 1L << 10, 1L << 28));
    }

    private LeaseConfig leases() {
        String at = "orchestration.leases.";
        Duration duration = Duration.ofSeconds(
                settings.integer(at + "duration_seconds", Defaults.of(30).test(5), 2, 3600));
        Duration heartbeat = Duration.ofSeconds(
                settings.integer(at + "heartbeat_seconds", Defaults.of(10).test(1), 1, 1200));
        Duration grace = Duration.ofSeconds(settings.integer(at + "grace_seconds", Defaults.of(1), 0, 60));
        Duration stopGrace = Duration.ofSeconds(settings.integer(at + "stop_grace_seconds", Defaults.of(5), 0, 3600));
        if (heartbeat.multipliedBy(3).compareTo(duration) > 0) {
            settings.violation(
                    at + "heartbeat_seconds",
                    heartbeat.toSeconds(),
                    "at most a third of orchestration.leases.duration_seconds, " + duration.toSeconds());
            return LeaseConfig.DEFAULT;
        }
        return new LeaseConfig(duration, heartbeat, grace, stopGrace);
    }

    private BackoffConfig backoff() {
        String at = "common.backoff.";
        List<Integer> seconds = settings.integers(
                at + "default_backoff_seconds",
                Defaults.of(List.of(1, 5, 15, 30, 60)).test(List.of(1, 2, 4)),
                20,
                0,
                3600);
        int max = settings.integer(at + "max_backoff_seconds", Defaults.of(3600).test(10), 1, 3600);
        double multiplier = settings.decimal(at + "backoff_multiplier", Defaults.of(2.0), 1, 10);
        boolean jitterEnabled = settings.flag(at + "jitter_enabled", true);
        double jitter = settings.decimal(at + "jitter_max_percentage", Defaults.of(0.15), 0, 1);
        int base = seconds.getFirst(); // the rest of the list never had an effect (01 §4.4)
        if (base > max) {
            settings.violation(
                    at + "default_backoff_seconds", seconds, "a first element of at most max_backoff_seconds, " + max);
            return BackoffConfig.DEFAULT;
        }
        return new BackoffConfig(
                Duration.ofSeconds(base), multiplier, Duration.ofSeconds(max), jitterEnabled ? jitter : 0);
    }

    private DispatchConfig dispatch() {
        String at = "orchestration.dispatch.";
        DispatchConfig standard = DispatchConfig.DEFAULT;
        return new DispatchConfig(
                settings.flag(at + "listen", mode.listens()),
                Duration.ofMillis(settings.integer(
                        at + "pulse_ms", Defaults.of((int) standard.pulse().toMillis()), 10, 60_000)),
                settings.integer(at + "sticky_max", Defaults.of(standard.stickyMax()), 0, 1_000_000),
                settings.whole(at + "payload_cache_bytes", Defaults.of(standard.payloadCacheBytes()), 0, 1L << 36));
    }

    private GraphConfig graph() {
        String decisions = "orchestration.decision_points.";
        String batches = "orchestration.batch_processing.";
        return new GraphConfig(
                settings.flag(decisions + "enabled", true),
                settings.integer(decisions + "max_steps_per_decision", Defaults.of(100), 1, 1000),
                settings.integer(decisions + "warn_threshold_steps", Defaults.of(50), 1, 1000),
                settings.integer(decisions + "max_decision_depth", Defaults.of(20), 1, 100),
                settings.integer(decisions + "warn_threshold_depth", Defaults.of(10), 1, 100),
                settings.flag(batches + "enabled", true),
                settings.integer(
                        batches + "max_parallel_batches",
                        Defaults.of(50).development(25).test(10).production(100),
                        1,
                        1000));
    }

    private StalenessConfig staleness() {
        String at = "orchestration.dlq.staleness_detection.";
        String thresholds = at + "thresholds.";
        String actions = at + "actions.";
        String batches = "orchestration.batch_processing.";
        boolean queue = settings.flag("orchestration.dlq.enabled", true);
        boolean sweeps = settings.flag(at + "enabled", true);
        Duration stall = Duration.ofMinutes(settings.integer(
                batches + "checkpoint_stall_minutes",
                Defaults.of(15).development(5).test(2).production(30),
                1,
                1440));
        return new StalenessConfig(
                queue && sweeps,
                settings.flag(at + "dry_run", false),
                Duration.ofSeconds(settings.integer(
                        at + "detection_interval_seconds",
                        Defaults.of(300).development(120).test(60).production(600),
                        30,
                        3600)),
                settings.integer(
                        at + "batch_size",
                        Defaults.of(100).development(50).test(10).production(200),
                        1,
                        10_000),
                minutes(thresholds + "waiting_for_dependencies_minutes", 60, 15, 5, 120),
                minutes(thresholds + "waiting_for_retry_minutes", 30, 10, 2, 60),
                minutes(thresholds + "steps_in_process_minutes", 30, 15, 5, 60),
                Duration.ofHours(settings.integer(
                        thresholds + "task_max_lifetime_hours",
                        Defaults.of(24).development(4).test(1).production(48),
                        1,
                        168)),
                settings.flag(batches + "enabled", true) ? stall : Duration.ZERO,
                settings.flag(actions + "auto_transition_to_error", true),
                settings.flag(actions + "auto_move_to_dlq", true),
                settings.flag(actions + "emit_events", true),
                settings.parsed(
                        actions + "event_channel",
                        StalenessConfig.DEFAULT.eventChannel(),
                        EngineSettings::channel,
                        StalenessConfig.DEFAULT.eventChannel()),
                settings.flag("orchestration.dlq.record_max_retries_exceeded", false));
    }

    /** PostgreSQL knows no longer channel. */
    private static String channel(String name) {
        if (name.isBlank() || name.length() > 63) {
            throw new IllegalArgumentException("1 to 63 characters");
        }
        return name;
    }

    private Duration minutes(String key, int standard, int development, int test, int production) {
        return Duration.ofMinutes(settings.integer(
                key, Defaults.of(standard).development(development).test(test).production(production), 1, 1440));
    }

    private DomainEventConfig domainEvents() {
        String bus = "worker.mpsc_channels.in_process_events.";
        return new DomainEventConfig(
                Duration.ofHours(settings.integer(
                        "orchestration.domain_events.retention_hours",
                        Defaults.of((int) DomainEventConfig.DEFAULT.retention().toHours()),
                        1,
                        87_600)),
                settings.integer(
                        bus + "broadcast_buffer_size",
                        Defaults.of(DomainEventConfig.DEFAULT.queueCapacity())
                                .test(1_000)
                                .production(5_000),
                        100,
                        1_000_000),
                Duration.ofMillis(settings.integer(
                        bus + "dispatch_timeout_ms",
                        Defaults.of((int) DomainEventConfig.DEFAULT
                                        .dispatchTimeout()
                                        .toMillis())
                                .test(2_000)
                                .production(10_000),
                        100,
                        60_000)));
    }

    private RetentionConfig retention() {
        String at = "orchestration.retention.";
        RetentionConfig standard = RetentionConfig.DEFAULT;
        RetentionConfig.Period period = word(at + "period", standard.period(), RetentionConfig.Period.class);
        int ahead = settings.integer(at + "periods_ahead", Defaults.of(standard.periodsAhead()), 1, 100);
        int keepDays = settings.integer(at + "keep_days", Defaults.of(0), 0, 36_500);
        RetentionConfig.Archive archive = word(at + "archive", standard.archive(), RetentionConfig.Archive.class);
        Duration pinnedAfter = Duration.ofSeconds(settings.integer(
                at + "pinned_after_seconds",
                Defaults.of((int) standard.pinnedAfter().toSeconds()),
                1,
                86_400));
        return settings.checked(
                "orchestration",
                () -> new RetentionConfig(
                        period, ahead, keepDays == 0 ? null : Duration.ofDays(keepDays), archive, pinnedAfter),
                () -> standard);
    }

    private <E extends Enum<E>> E word(String key, E standard, Class<E> type) {
        return settings.parsed(
                key,
                standard.name().toLowerCase(Locale.ROOT),
                text -> {
                    for (E value : type.getEnumConstants()) {
                        if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
                            return value;
                        }
                    }
                    throw new IllegalArgumentException(Arrays.stream(type.getEnumConstants())
                            .map(value -> value.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", ")));
                },
                standard);
    }

    private AuditConfig audit() {
        String at = "orchestration.audit.";
        AuditConfig standard = AuditConfig.DEFAULT;
        return new AuditConfig(
                settings.flag(at + "enabled", standard.enabled()),
                Duration.ofSeconds(settings.integer(
                        at + "interval_seconds",
                        Defaults.of((int) standard.interval().toSeconds()),
                        1,
                        86_400)),
                settings.decimal(at + "share", Defaults.of(standard.share()), 0.0001, 1));
    }

    private RollupConfig rollups() {
        String rollups = "orchestration.rollups.";
        return new RollupConfig(
                Duration.ofMillis(settings.integer(
                        rollups + "delay_ms",
                        Defaults.of((int) RollupConfig.DEFAULT.delay().toMillis()),
                        1,
                        60_000)),
                Duration.ofHours(settings.integer(
                        rollups + "minutes_kept_hours",
                        Defaults.of((int) RollupConfig.DEFAULT.minutes().toHours()),
                        2,
                        8_760)),
                Duration.ofDays(settings.integer(
                        rollups + "hours_kept_days",
                        Defaults.of((int) RollupConfig.DEFAULT.hours().toDays()),
                        1,
                        3_650)),
                Duration.ofDays(settings.integer(
                        rollups + "days_kept_days",
                        Defaults.of((int) RollupConfig.DEFAULT.days().toDays()),
                        1,
                        36_500)));
    }
}
