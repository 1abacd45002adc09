package dev.tasker.examples.registration;

import static dev.tasker.examples.DeclaredFailure.dependency;
import static dev.tasker.examples.DeclaredFailure.invalid;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.examples.Members;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The five steps of a registration under their callables. */
public final class RegistrationHandlers {
    private static final String EXISTING = "existing@example.com";
    private static final Duration BILLING_CYCLE = Duration.ofDays(30);

    private final InstantSource clock;

    private RegistrationHandlers(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The handlers by callable.
     *
     * @param clock tells when things happened
     */
    public static HandlerRegistry registry(InstantSource clock) {
        var steps = new RegistrationHandlers(clock);
        DeclaredFailure.Body account = steps::createUserAccount;
        DeclaredFailure.Body billing = steps::setupBillingProfile;
        DeclaredFailure.Body preferences = steps::initializePreferences;
        DeclaredFailure.Body welcome = steps::sendWelcomeSequence;
        DeclaredFailure.Body status = steps::updateUserStatus;
        return HandlerRegistry.builder()
                .handler("microservices_create_user_account", account.asHandler())
                .handler("microservices_setup_billing_profile", billing.asHandler())
                .handler("microservices_initialize_preferences", preferences.asHandler())
                .handler("microservices_send_welcome_sequence", welcome.asHandler())
                .handler("microservices_update_user_status", status.asHandler())
                .build();
    }

    private StepResult.Success createUserAccount(StepContext context) throws DeclaredFailure {
        JsonNode user = context.input("user_info");
        String email = Members.text(user, "email");
        String name = Members.text(user, "name");
        if (email == null || name == null) {
            throw invalid("MISSING_USER_INFO", "user_info: " + user + " (expected: email and name)");
        }
        if (email.isBlank()) {
            throw invalid("MISSING_EMAIL", "user_info.email: empty (expected: an address)");
        }
        if (name.isBlank()) {
            throw invalid("MISSING_NAME", "user_info.name: empty (expected: a name)");
        }
        if (!email.contains("@") || !email.contains(".") || email.length() < 5) {
            throw invalid("INVALID_EMAIL_FORMAT", "user_info.email: " + email + " (expected: an address)");
        }
        String plan = textOr(user, "plan", "free");
        boolean exists = email.equals(EXISTING);
        Map<String, @Nullable Object> account = exists
                ? Members.of(
                        "user_id", "user_existing_001",
                        "email", email,
                        "plan", plan,
                        "status", "already_exists",
                        "created_at", "2025-01-01T00:00:00Z")
                : Members.of(
                        "user_id",
                        Ids.of("user", 12),
                        "email",
                        email,
                        "name",
                        name,
                        "plan",
                        plan,
                        "source",
                        textOr(user, "source", "web"),
                        "status",
                        "created",
                        "created_at",
                        Ids.now(clock));
        String phone = Members.text(user, "phone");
        if (phone != null && !exists) {
            account.put("phone", phone);
        }
        return StepResult.success(
                account, Map.of("operation", "create_user", "service", "user_service", "idempotent", exists));
    }

    private StepResult.Success setupBillingProfile(StepContext context) throws DeclaredFailure {
        JsonNode account = account(context);
        String name = textOr(account, "plan", "free");
        Plan plan = Plan.of(name);
        boolean required = plan != Plan.FREE;
        Map<String, @Nullable Object> billing = required
                ? Members.of(
                        "billing_id",
                        Ids.of("billing", 12),
                        "user_id",
                        account.get("user_id"),
                        "plan",
                        name,
                        "price",
                        plan.price,
                        "currency",
                        "USD",
                        "billing_cycle",
                        "monthly",
                        "features",
                        plan.features(),
                        "status",
                        "active",
                        "next_billing_date",
                        Ids.timestamp(clock.instant().plus(BILLING_CYCLE)),
                        "created_at",
                        Ids.now(clock))
                : Members.of(
                        "user_id",
                        account.get("user_id"),
                        "plan",
                        name,
                        "billing_required",
                        false,
                        "status",
                        "skipped_free_plan",
                        "message",
                        "the free plan is not billed");
        return StepResult.success(
                billing,
                Map.of(
                        "operation",
                        "setup_billing",
                        "service",
                        "billing_service",
                        "plan",
                        name,
                        "billing_required",
                        required));
    }

    private StepResult.Success initializePreferences(StepContext context) throws DeclaredFailure {
        JsonNode account = account(context);
        String name = textOr(account, "plan", "free");
        Map<String, @Nullable Object> preferences = Plan.of(name).defaultPreferences();
        int defaults = preferences.size();
        JsonNode user = context.input("user_info");
        JsonNode wishes = user == null ? null : user.get("preferences");
        int customizations = wishes == null || !wishes.isObject() ? 0 : wishes.size();
        if (wishes != null && wishes.isObject()) {
            wishes.forEachEntry(preferences::put);
        }
        return StepResult.success(
                Members.of(
                        "preferences_id",
                        Ids.of("prefs", 12),
                        "user_id",
                        account.get("user_id"),
                        "plan",
                        name,
                        "preferences",
                        preferences,
                        "defaults_applied",
                        defaults,
                        "customizations",
                        customizations,
                        "status",
                        "active",
                        "created_at",
                        Ids.now(clock),
                        "updated_at",
                        Ids.now(clock)),
                Map.of(
                        "operation",
                        "initialize_preferences",
                        "service",
                        "preferences_service",
                        "plan",
                        name,
                        "custom_preferences_count",
                        customizations));
    }

    private StepResult.Success sendWelcomeSequence(StepContext context) throws DeclaredFailure {
        JsonNode account = context.dependencyResult("create_user_account");
        JsonNode billing = context.dependencyResult("setup_billing_profile");
        JsonNode preferences = context.dependencyField("initialize_preferences", "preferences");
        if (account == null || billing == null || preferences == null) {
            throw dependency(
                    "MISSING_DEPENDENCY_DATA",
                    "results of create_user_account, setup_billing_profile, initialize_preferences are missing");
        }
        String name = textOr(account, "plan", "free");
        Plan plan = Plan.of(name);
        List<String> channels = new ArrayList<>();
        if (preferences.path("email_notifications").asBoolean(false)) {
            channels.add("email");
        }
        channels.add("in_app");
        if (plan == Plan.ENTERPRISE) {
            channels.add("sms");
        }
        return StepResult.success(
                Members.of(
                        "user_id", account.get("user_id"),
                        "plan", name,
                        "channels_used", channels,
                        "messages_sent", channels.size(),
                        "welcome_sequence_id", Ids.of("welcome", 12),
                        "status", "sent",
                        "sent_at", Ids.now(clock),
                        "highlights",
                                plan.features().stream()
                                        .map(feature -> "Try " + feature)
                                        .toList(),
                        "upgrade_prompt", plan == Plan.ENTERPRISE ? null : "There is more in the next plan",
                        "billing_id", billing.get("billing_id")),
                Map.of(
                        "operation",
                        "send_welcome_sequence",
                        "service",
                        "notification_service",
                        "plan",
                        name,
                        "channels_used",
                        channels.size()));
    }

    private StepResult.Success updateUserStatus(StepContext context) throws DeclaredFailure {
        JsonNode account = context.dependencyResult("create_user_account");
        JsonNode billing = context.dependencyResult("setup_billing_profile");
        JsonNode preferences = context.dependencyField("initialize_preferences", "preferences");
        JsonNode channels = context.dependencyField("send_welcome_sequence", "channels_used");
        if (account == null || billing == null || preferences == null || channels == null) {
            throw new DeclaredFailure(StepResult.failure("results of earlier steps are missing")
                    .type("WorkflowError")
                    .code("INCOMPLETE_WORKFLOW")
                    .permanent());
        }
        String name = textOr(account, "plan", "free");
        Map<String, @Nullable Object> summary = Members.of(
                "user_id",
                account.get("user_id"),
                "email",
                account.get("email"),
                "plan",
                name,
                "registration_status",
                "complete");
        if (Plan.of(name) != Plan.FREE) {
            summary.put("billing_id", billing.get("billing_id"));
            summary.put("next_billing_date", billing.get("next_billing_date"));
        }
        summary.putAll(Members.of(
                "preferences_count", preferences.size(),
                "welcome_sent", true,
                "notification_channels", channels,
                "user_created_at", account.get("created_at"),
                "registration_completed_at", Ids.now(clock)));
        return StepResult.success(
                Members.of(
                        "user_id",
                        account.get("user_id"),
                        "status",
                        "active",
                        "plan",
                        name,
                        "registration_summary",
                        summary,
                        "activation_timestamp",
                        Ids.now(clock),
                        "all_services_coordinated",
                        true,
                        "services_completed",
                        List.of("user_service", "billing_service", "preferences_service", "notification_service")),
                Map.of(
                        "operation",
                        "update_user_status",
                        "service",
                        "user_service",
                        "plan",
                        name,
                        "workflow_complete",
                        true));
    }

    private static JsonNode account(StepContext context) throws DeclaredFailure {
        JsonNode account = context.dependencyResult("create_user_account");
        if (account == null) {
            throw dependency("MISSING_USER_DATA", "result of create_user_account is missing");
        }
        return account;
    }

    private static String textOr(@Nullable JsonNode object, String member, String fallback) {
        String text = Members.text(object, member);
        return text == null ? fallback : text;
    }
}
