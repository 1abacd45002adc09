package dev.tasker.engine;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The root of everything the engine throws. The message carries the offending value and what was expected. */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int SHOWN_MAX = 3;

    private final ErrorCode code;
    private final transient List<ContextFault> faults;

    public EngineException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public EngineException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, cause, List.of());
    }

    private EngineException(ErrorCode code, String message, @Nullable Throwable cause, List<ContextFault> faults) {
        super(message, cause);
        this.code = code;
        this.faults = faults;
    }

    /** The refusal of a context that its template does not admit. */
    public static EngineException contextRefused(List<ContextFault> faults) {
        String first = faults.stream()
                .limit(SHOWN_MAX)
                .map(fault -> fault.pointer() + " " + fault.message())
                .collect(Collectors.joining("; "));
        String more = faults.size() > SHOWN_MAX ? "; and " + (faults.size() - SHOWN_MAX) + " more" : "";
        return new EngineException(
                ErrorCode.INVALID_REQUEST,
                "context: " + first.strip() + more + " (expected: what the template's input_schema admits)",
                null,
                List.copyOf(faults));
    }

    public ErrorCode code() {
        return code;
    }

    /** What is wrong with a context; nothing when something else was refused. */
    public List<ContextFault> faults() {
        return faults;
    }
}
