package dev.tasker.examples.parcel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tasker.examples.Attempt;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.NotFoundStepException;
import dev.tasker.worker.StepException;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.ValidationStepException;
import dev.tasker.worker.api.ApiClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ParcelHandlersTest {
    private @Nullable HttpServer carrier;
    private int status = 200;
    private String answer = "{\"price\": 12.75, \"days\": 2}";

    @BeforeEach
    void start() throws IOException {
        carrier = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        carrier.createContext("/quotes", exchange -> {
            try (exchange) {
                byte[] body = answer.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.getResponseHeaders().add("Retry-After", "7");
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        carrier.start();
    }

    @AfterEach
    void stop() {
        Objects.requireNonNull(carrier).stop(0);
    }

    // guide: test
    @Test
    void priceIsTheCarriers() throws Exception {
        Attempt quote = Attempt.of(registry(), "parcel.quote").context("{'grams': 500, 'country': 'SE'}");

        assertThat(quote.value()).isEqualTo(Attempt.JSON.readTree("{\"price\": 12.75, \"days\": 2}"));
    }

    @Test
    void parcelWithoutWeightIsRefused() {
        Attempt quote = Attempt.of(registry(), "parcel.quote").context("{'country': 'SE'}");

        assertThatThrownBy(quote::run)
                .isInstanceOf(ValidationStepException.class)
                .hasMessageStartingWith("parameter 'parcel' of ParcelHandlers.quote: inputs: grams: ");
    }
    // guide end

    @Test
    void carrierThatIsBusyAsksForAPause() {
        status = 429;
        Attempt quote = Attempt.of(registry(), "parcel.quote").context("{'grams': 500, 'country': 'SE'}");

        assertThatThrownBy(quote::run).isInstanceOfSatisfying(StepException.class, busy -> {
            assertThat(busy.retryable()).isTrue();
            assertThat(busy.code()).isEqualTo("HTTP_429");
            assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        });
    }

    @Test
    void countryThatNobodyGoesToIsPermanent() {
        status = 404;

        assertThatThrownBy(() -> Attempt.of(registry(), "parcel.quote")
                        .context("{'grams': 500, 'country': 'XX'}")
                        .run())
                .isInstanceOf(NotFoundStepException.class)
                .hasMessage("no carrier goes to XX");
    }

    @Test
    void priceDecidesTheWay() throws Exception {
        assertThat(route("12.75")).contains("\"step_names\":[\"by_air\"]");
        assertThat(route("20.01")).contains("\"step_names\":[\"by_road\"]");
        assertThat(route("0")).contains("\"type\":\"no_branches\"", "the carrier does not charge");
    }

    private String route(String price) throws Exception {
        return Attempt.of(registry(), "parcel.route")
                .dependency("quote", "{'price': " + price + ", 'days': 2}")
                .value()
                .toString();
    }

    @Test
    void labelsAreCutIntoBatches() throws Exception {
        Attempt plan = Attempt.of(registry(), "labels.plan")
                .context("{'labels': 250}")
                .initialization("{'batch_size': 100, 'worker_template_name': 'print'}");

        assertThat(plan.value().toString()).contains("\"worker_count\":3", "\"batch_metadata\":{\"paper\":\"A6\"}");
    }

    @Test
    void bookingNamesTheWay() throws Exception {
        assertThat(Attempt.of(registry(), "parcel.book")
                        .dependency("quote", "{'price': 1, 'days': 2}")
                        .value()
                        .get("days")
                        .intValue())
                .isEqualTo(2);
    }

    @Test
    void totalsOfAllLabelsAreCounted() throws Exception {
        StepResult.Success counted = Attempt.of(registry(), "labels.count")
                .dependency("plan", "{'batch_processing_outcome': {'type': 'create_batches'}}")
                .dependency("print_001", "{'items_processed': 100, 'items_succeeded': 100}")
                .succeeds();

        assertThat(String.valueOf(counted.value())).contains("total_processed=100", "worker_count=1");
    }

    private HandlerRegistry registry() {
        int port = Objects.requireNonNull(carrier).getAddress().getPort();
        return ParcelHandlers.registry(ApiClient.of("http://127.0.0.1:" + port));
    }
}
