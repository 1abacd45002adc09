package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.cli.fault.held.Earpiece;
import dev.tasker.worker.event.SubscriberRegistry.Subscription;
import java.util.List;
import org.junit.jupiter.api.Test;

class UserHandlersTest {

    @Test
    void publishersAndSubscribersAreServicesOfTheClassPath() {
        UserHandlers user = UserHandlers.load(List.of(), List.of("dev.tasker.cli.fault.held"), null);

        assertThat(user.publishers().registeredNames()).containsExactly("stamp");
        assertThat(user.subscribers().subscriptions())
                .extracting(Subscription::pattern)
                .containsExactly("parcel.*", "order.**");
        assertThat(user.subscribers().subscriptions())
                .extracting(Subscription::subscriber)
                .hasOnlyElementsOfType(Earpiece.class);
    }
}
