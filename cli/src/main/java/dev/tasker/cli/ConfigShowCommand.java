package dev.tasker.cli;

import dev.tasker.client.Profile;
import dev.tasker.client.ProfileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tasker config show}: how commands find a server (07 §5, §2.1). */
@Command(
        name = "show",
        description = "Shows the profile that commands use here, and every value that applies, secrets hidden.",
        mixinStandardHelpOptions = true)
final class ConfigShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--profile", paramLabel = "NAME", description = "Profile; default: $TASKER_CLIENT_PROFILE.")
    private @Nullable String profile;

    @Option(names = "--config", paramLabel = "FILE", description = "The only file with profiles to be read.")
    private @Nullable Path file;

    @Option(names = "--origin", description = "Say of each value where it comes from.")
    private boolean origin;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        TaskerCommand root = (TaskerCommand) spec.root().userObject();
        Profile found;
        try {
            found = Profile.load(file == null ? root.config() : file, profile == null ? root.profile() : profile);
        } catch (ProfileException e) {
            throw new CommandException(CommandException.CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
        Connection.Format format = json ? Connection.Format.json : root.format();
        new Output(spec.commandLine().getOut(), format == null ? Connection.Format.table : format)
                .show(new Shown(found), found.name(), () -> text(found));
        return 0;
    }

    /** What a program is told. */
    record Shown(String profile, Collection<String> profiles, List<String> files, List<Profile.Setting> settings) {
        Shown(Profile found) {
            this(
                    found.name(),
                    found.names(),
                    found.files().stream().map(Path::toString).toList(),
                    found.settings());
        }
    }

    private String text(Profile found) {
        Table head = Table.plain().row("Profile", found.name()).row("Profiles", String.join(", ", found.names()));
        if (found.files().isEmpty()) {
            head.row("File", "none");
        }
        found.files().forEach(read -> head.row("File", read));
        Table settings = origin ? Table.titled("KEY", "VALUE", "ORIGIN") : Table.titled("KEY", "VALUE");
        for (Profile.Setting setting : found.settings()) {
            if (origin) {
                settings.row(setting.key(), setting.value(), setting.origin());
            } else {
                settings.row(setting.key(), setting.value());
            }
        }
        return head + "\n" + settings;
    }
}
