package dev.tasker.examples.refund;

import java.util.Locale;

/** What a customer may get back without much ado; amounts in cents. */
enum Policy {
    STANDARD(30, true, 10_000),
    GOLD(60, false, 50_000),
    PREMIUM(90, false, 100_000);

    final int windowDays;
    final boolean needsApproval;
    final long amountMax;

    Policy(int windowDays, boolean needsApproval, long amountMax) {
        this.windowDays = windowDays;
        this.needsApproval = needsApproval;
        this.amountMax = amountMax;
    }

    static Policy ofCustomer(String customerId) {
        String id = customerId.toLowerCase(Locale.ROOT);
        if (id.contains("vip") || id.contains("premium")) {
            return PREMIUM;
        }
        return id.contains("gold") ? GOLD : STANDARD;
    }

    static Policy ofTier(String tier) {
        return valueOf(tier.toUpperCase(Locale.ROOT));
    }

    String tier() {
        return name().toLowerCase(Locale.ROOT);
    }
}
