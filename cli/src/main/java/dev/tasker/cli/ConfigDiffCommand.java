package dev.tasker.cli;

import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.ConfigReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tasker config diff} (07 §5). */
@Command(
        name = "diff",
        description = "Lists the keys that have other values in another environment, defaults included.",
        mixinStandardHelpOptions = true)
final class ConfigDiffCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigSource source = new ConfigSource();

    @Parameters(index = "0", paramLabel = "ENV", description = "development, test or production.")
    private String one = "";

    @Parameters(index = "1", paramLabel = "ENV", description = "The other one.")
    private String other = "";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** A key with two values; null where it has none. */
    record Difference(
            String key, @Nullable String one, @Nullable String other) {}

    @Override
    public Integer call() {
        Map<String, String> first = values(one);
        Map<String, String> second = values(other);
        TreeSet<String> keys = new TreeSet<>(first.keySet());
        keys.addAll(second.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String key : keys) {
            if (!Objects.equals(first.get(key), second.get(key))) {
                differences.add(new Difference(key, first.get(key), second.get(key)));
            }
        }
        new Output(spec.commandLine().getOut(), json ? Connection.Format.json : Connection.Format.table)
                .showAll(
                        differences,
                        differences,
                        () -> {
                            Table table = Table.titled("KEY", one, other);
                            differences.forEach(each -> table.row(each.key(), each.one(), each.other()));
                            return differences.isEmpty() ? "No difference.\n" : table.toString();
                        },
                        Difference::key);
        return 0;
    }

    private Map<String, String> values(String environment) {
        try {
            return source.report(ConfigSource.environment(spec, environment)).entries().stream()
                    .collect(Collectors.toMap(
                            ConfigReport.Entry::key, ConfigReport.Entry::value, (former, _) -> former, TreeMap::new));
        } catch (ConfigException e) {
            throw new CommandException(CommandException.CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
    }
}
