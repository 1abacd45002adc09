package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineListener;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.fault.Fault.Kind;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the random programs found, in as few steps as it takes: statements stopped in their middle, leases that another node took back. */
@ExtendWith(DatabaseExtension.class)
class MidwayTest {
    private static final Duration SOON = Duration.ofSeconds(8);

    private final TestDatabase database;
    private final FaultyDataSource direct;

    MidwayTest(TestDatabase database) {
        this.database = database;
        this.direct = new FaultyDataSource(database.dataSource());
    }

    @ParameterizedTest
    @EnumSource(names = {"CANCEL_MIDWAY", "TERMINATE_MIDWAY"})
    void resultWhoseCallIsStoppedInItsMiddleIsRecordedOnce(Kind kind) throws Exception {
        try (TestNode node = TestNode.open(database, TestNode.CONFIG, direct, EngineListener.NONE)) {
            TemplateFixture template = node.template("stopped", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment first = worker.next("a");
            Fault stop = direct.on("tasker.complete_steps(", kind);

            assertThat(worker.succeed(first, "1")).isEqualTo(Completion.ACCEPTED);

            stop.awaitStruck(SOON);
            worker.run("b");
            assertThat(node.states(task)).containsExactly("a=complete", "b=complete");
        }
    }

    @Test
    void sessionWhoseLeasesAnotherNodeTookBackGetsNothingMore() throws Exception {
        try (TestNode own = TestNode.open(database, TestNode.CONFIG, direct, EngineListener.NONE);
                TestNode other = own.another()) {
            TemplateFixture template = own.template("silent", "a");
            HandDrivenWorker silent = own.worker(2);
            own.create(template);
            Assignment lease = silent.next();
            HandDrivenWorker alive = other.worker(2);
            try (Fault late = direct.on("tasker.expire_session(", Kind.PARK_BEFORE)) {
                own.runOut(silent);
                assertThat(alive.next().stepUuid()).isEqualTo(lease.stepUuid());
                late.awaitStruck(SOON); // the session's own node comes too late
            }
            for (int looks = 0; looks < 2; looks++) {
                try (Fault look = direct.on("tasker.pulse(", Kind.PARK_BEFORE)) {
                    look.awaitStruck(SOON);
                }
            }

            own.create(template.request("{\"n\":2}"));

            assertThat(alive.next().attempt()).isEqualTo(1);
            silent.session().heartbeat();
            assertThat(silent.nextLost()).isEqualTo(lease);
        }
    }
}
