package dev.tasker.server.config;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A database and the credentials for it. Prints without the password.
 *
 * @param jdbcUrl without credentials
 * @param user null: the operating system's user
 */
public record DatabaseUrl(
        String jdbcUrl, @Nullable String user, @Nullable String password) {
    private static final String EXPECTED = "postgresql://[user:password@]host[:port]/database[?parameters]";
    private static final Pattern FORM = Pattern.compile(
            "postgres(?:ql)?://(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<hosts>[\\w.:,\\[\\]-]*)(?:/(?<name>[^/?#]*))?(?:\\?(?<query>[^#]*))?");

    /** Connection parameters whose name differs between libpq and the driver. */
    private static final Map<String, String> DRIVER_NAMES = Map.of(
            "application_name", "ApplicationName",
            "connect_timeout", "connectTimeout",
            "keepalives", "tcpKeepAlive",
            "target_session_attrs", "targetServerType");

    /** Translates a libpq URL: percent-decodes user, password, database and parameters. */
    public static DatabaseUrl parse(String url) {
        Matcher form = FORM.matcher(url);
        if (!form.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        Map<String, String> parameters = parameters(form.group("query"));
        String user = decoded(form.group("user"), parameters.remove("user"));
        String password = decoded(form.group("password"), parameters.remove("password"));
        String database = decoded(form.group("name"), parameters.remove("dbname"));
        if (database == null) {
            throw new IllegalArgumentException(EXPECTED);
        }
        String hosts = form.group("hosts").isEmpty() ? "localhost" : form.group("hosts");
        String query = parameters.entrySet().stream()
                .map(entry ->
                        DRIVER_NAMES.getOrDefault(entry.getKey(), entry.getKey()) + "=" + encoded(entry.getValue()))
                .collect(Collectors.joining("&"));
        String jdbcUrl = "jdbc:postgresql://" + hosts + "/" + encoded(database) + (query.isEmpty() ? "" : "?" + query);
        return new DatabaseUrl(jdbcUrl, user, password);
    }

    /** Whether the URL says something about a parameter of the driver. */
    public boolean states(String parameter) {
        return jdbcUrl.contains("?" + parameter + "=") || jdbcUrl.contains("&" + parameter + "=");
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query != null && !query.isEmpty()) {
            for (String pair : query.split("&", 0)) {
                int equals = pair.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException(EXPECTED);
                }
                parameters.put(pair.substring(0, equals), percentDecoded(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private static @Nullable String decoded(@Nullable String part, @Nullable String parameter) {
        if (part != null && !part.isEmpty()) {
            return percentDecoded(part);
        }
        return parameter;
    }

    private static String percentDecoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return jdbcUrl + (user == null ? "" : " as " + user) + (password == null ? "" : " with password ***");
    }
}
