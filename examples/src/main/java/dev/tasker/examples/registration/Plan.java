package dev.tasker.examples.registration;

import dev.tasker.examples.Members;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a user pays and gets. */
enum Plan {
    FREE("0"),
    PRO("29.99"),
    ENTERPRISE("299.99");

    final BigDecimal price;

    Plan(String price) {
        this.price = new BigDecimal(price);
    }

    List<String> features() {
        return switch (this) {
            case FREE -> List.of("basic_features");
            case PRO -> List.of("basic_features", "advanced_analytics");
            case ENTERPRISE ->
                List.of("basic_features", "advanced_analytics", "priority_support", "custom_integrations");
        };
    }

    /** The plan of that name; any other is free. */
    static Plan of(String name) {
        return switch (name) {
            case "pro" -> PRO;
            case "enterprise" -> ENTERPRISE;
            default -> FREE;
        };
    }

    /** What its users get to hear and see unless they say otherwise. */
    Map<String, @Nullable Object> defaultPreferences() {
        boolean paid = this != FREE;
        Map<String, @Nullable Object> preferences = Members.of(
                "email_notifications",
                true,
                "marketing_emails",
                paid,
                "product_updates",
                true,
                "weekly_digest",
                paid,
                "theme",
                paid ? "dark" : "light",
                "language",
                "en",
                "timezone",
                "UTC");
        if (paid) {
            preferences.put("api_notifications", true);
        }
        if (this == ENTERPRISE) {
            preferences.put("audit_logs", true);
            preferences.put("advanced_reports", true);
        }
        return preferences;
    }
}
