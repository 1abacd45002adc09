package dev.tasker.engine;

/** What went wrong, for adapters to map to a status and for people to search for. */
public enum ErrorCode {
    INVALID_REQUEST(Kind.CALLER),
    INVALID_TEMPLATE(Kind.CALLER),
    TEMPLATE_NOT_FOUND(Kind.CALLER),
    /** The template needs what this installation has switched off. */
    SWITCHED_OFF(Kind.CALLER),
    TEMPLATE_CHANGED(Kind.CONFLICT),
    OVERLOADED(Kind.UNAVAILABLE),
    DATABASE_UNAVAILABLE(Kind.UNAVAILABLE),
    CLOSED(Kind.UNAVAILABLE),
    INTERNAL(Kind.INTERNAL);

    /** Who has to act. */
    public enum Kind {
        CALLER,
        CONFLICT,
        UNAVAILABLE,
        INTERNAL
    }

    private final Kind kind;

    ErrorCode(Kind kind) {
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
