package io.vinculum;

import io.vinculum.cluster.Cluster;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.selection.QueryLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The settings of a process: the table of all that there are, and the value of each. A flag wins over the environment,
 * which wins over {@code vinculum.yaml}, which wins over the default.
 *
 * <p>To add a setting, add a line to the table. The command line, the environment, the file, {@code config} and the
 * table of the README follow it.
 */
public final class Settings {
    /** Read by the tests, not by a command. */
    private static final String TEST_DATABASE = "VINCULUM_TEST_DATABASE";

    private static final List<String> SERVE = List.of("serve");
    private static final List<String> REMOTE = List.of("workflow");
    private static final List<String> ON_DATABASE = List.of("serve", "migrate", "purge", "load", "query", "doctor");
    private static final List<String> ON_GRAPH =
            List.of("serve", "migrate", "purge", "load", "query", "doctor", "schema");
    private static final List<String> QUERYING = List.of("serve", "query");

    private static final List<Setting<?>> TABLE = new ArrayList<>();

    public static final Setting<Path> GRAPH = add(
            "graph",
            SettingType.folder(),
            "",
            "The folder with modules/ and links/; unset: the sample shop.",
            ON_GRAPH);
    public static final Setting<String> DATABASE = add(
            "database",
            SettingType.address(),
            "",
            "postgresql://user:password@host:5432/name; unset: an embedded PostgreSQL.",
            ON_DATABASE);
    public static final Setting<Path> DATA = add(
            "data", SettingType.folder(), ".vinculum", "Where the embedded PostgreSQL keeps its data.", ON_DATABASE);
    public static final Setting<Integer> PORT =
            add("port", SettingType.whole(0, 65_535), "8080", "The HTTP port; 0 takes a free one.", SERVE);
    public static final Setting<String> HOST =
            add("host", SettingType.text("H", "a name or an address"), "127.0.0.1", "The address to listen on.", SERVE);
    public static final Setting<Boolean> MIGRATE = add(
            "migrate",
            SettingType.flag(),
            "",
            "Migrate a database that is behind; unset: only the embedded one.",
            SERVE);
    public static final Setting<Duration> LOCK_TIMEOUT = add(
            "lock-timeout",
            SettingType.duration(),
            "2s",
            "How long a migration waits for a lock before it lets others pass and tries again.",
            List.of("serve", "migrate"));
    public static final Setting<Boolean> SAMPLE =
            add("sample", SettingType.flag(), "true", "Fill the sample shop with rows.", SERVE);
    private static final Setting<List<String>> CORS = add(
            "cors",
            SettingType.list("ORIGIN,…", "https://shop.example,https://admin.example"),
            "",
            "The origins whose pages may ask; * for all. Unset: none but the server's own.",
            SERVE);
    public static final Setting<Duration> DRAIN =
            add("drain", SettingType.duration(), "20s", "How long a server may take to stop.", SERVE);
    public static final Setting<Boolean> CLUSTER =
            add("cluster", SettingType.flag(), "false", "Join the other nodes of this database.", SERVE);
    public static final Setting<String> CLUSTER_NAME = add(
            "cluster-name",
            SettingType.text("NAME", "a name"),
            "",
            "Only nodes of one name join; unset: vinculum-<database>.",
            SERVE);
    public static final Setting<String> CLUSTER_HOST = add(
            "cluster-host",
            SettingType.text("H", "a name or an address"),
            "127.0.0.1",
            "The address at which other nodes reach this one.",
            SERVE);
    public static final Setting<Integer> CLUSTER_PORT =
            add("cluster-port", SettingType.whole(1, 65_535), "5701", "The first port to try for the cluster.", SERVE);
    public static final Setting<List<String>> CLUSTER_MEMBERS = add(
            "cluster-members",
            SettingType.list("HOST:PORT,…", "host:port,host:port"),
            "127.0.0.1",
            "Where other nodes may be found.",
            SERVE);
    public static final Setting<String> URL =
            add("url", SettingType.text("URL", "an address"), "http://127.0.0.1:8080", "Where the server is.", REMOTE);

    private static final Setting<Integer> HOPS =
            limit("hops", QueryLimits.DEFAULT.hops(), "The longest path in fields, filters and orders.");
    private static final Setting<Integer> FIELDS =
            limit("fields", QueryLimits.DEFAULT.fields(), "The most fields of one selection.");
    private static final Setting<Integer> CONDITIONS =
            limit("conditions", QueryLimits.DEFAULT.conditions(), "The most conditions of one request.");
    private static final Setting<Integer> ROOT_ROWS =
            limit("root-rows", QueryLimits.DEFAULT.rootRows(), "The most rows at the top of an answer.");
    private static final Setting<Integer> ROWS =
            limit("rows", QueryLimits.DEFAULT.rows(), "The most rows of an answer in all.");
    private static final Setting<Long> ANSWER_BYTES =
            add("limits.answer-bytes", SettingType.bytes(), "32MiB", "The largest answer.", QUERYING);
    private static final Setting<Long> MEMORY_BYTES = add(
            "limits.memory-bytes",
            SettingType.bytes(),
            "",
            "What all answers in the making may take; unset: a quarter of the heap, from 128MiB to 256MiB.",
            QUERYING);
    private static final Setting<Long> CACHE_BYTES =
            add("limits.cache-bytes", SettingType.bytes(), "32MiB", "What kept query plans may take.", QUERYING);
    private static final Setting<Long> BODY_BYTES =
            add("limits.body-bytes", SettingType.bytes(), "8MiB", "The largest body of a request.", SERVE);
    private static final Setting<Duration> REQUEST_TIMEOUT = add(
            "limits.request-timeout",
            SettingType.duration(),
            "10s",
            "How long a request over HTTP or the event bus may take.",
            SERVE);
    private static final Setting<Duration> STATEMENT_TIMEOUT = add(
            "limits.statement-timeout",
            SettingType.duration(),
            "5s",
            "How long PostgreSQL may work on one reading statement.",
            QUERYING);
    private static final Setting<Duration> WRITE_TIMEOUT = add(
            "limits.write-timeout",
            SettingType.duration(),
            "60s",
            "How long PostgreSQL may work on one writing statement.",
            List.of("serve", "load"));
    private static final Setting<Integer> CONNECTIONS =
            add("limits.connections", SettingType.whole(1, 10_000), "16", "The most connections to PostgreSQL.", SERVE);

    /** Where the value of a setting came from. */
    public enum Source {
        FLAG("flag"),
        ENVIRONMENT("environment"),
        FILE("vinculum.yaml"),
        DEFAULT("default");

        private final String shown;

        Source(String shown) {
            this.shown = shown;
        }

        @Override
        public String toString() {
            return shown;
        }
    }

    private record Given(String text, Source source) {}

    private final Map<String, Given> given = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private Settings() {}

    private static <T> Setting<T> add(
            String name, SettingType<T> type, String fallback, String what, List<String> commands) {
        Setting<T> setting = new Setting<>(name, type, fallback, what, commands);
        TABLE.add(setting);
        return setting;
    }

    private static Setting<Integer> limit(String name, int fallback, String what) {
        return add("limits." + name, SettingType.whole(1, Integer.MAX_VALUE), String.valueOf(fallback), what, QUERYING);
    }

    /** Every setting there is, in the order of the table. */
    public static List<Setting<?>> all() {
        return Collections.unmodifiableList(TABLE);
    }

    /**
     * Reads all sources. What is wrong in them is not thrown here but kept for {@link #problems()}, so that
     * {@code doctor} can list it.
     *
     * @param flags texts of the command line by the name of the setting
     */
    public static Settings read(Map<String, String> flags, Map<String, String> environment, Path file) {
        Settings settings = new Settings();
        settings.readFile(file);
        environment.forEach(settings::readVariable);
        flags.forEach((name, text) -> settings.put("--" + name, name, text, Source.FLAG));
        return settings;
    }

    private void readFile(Path file) {
        try {
            SettingsReader.yaml(file).forEach((name, text) -> {
                String where = file.getFileName() + ": " + name;
                if (named(name).isPresent()) {
                    put(where, name, text, Source.FILE);
                } else {
                    unknown(where, name);
                }
            });
        } catch (Failure failure) {
            problems.add(failure.getMessage());
        }
    }

    private void readVariable(String variable, String text) {
        if (!variable.startsWith("VINCULUM_") || variable.equals(TEST_DATABASE)) {
            return;
        }
        Optional<String> name = TABLE.stream()
                .filter(setting -> setting.variable().equals(variable.replaceFirst("^VINCULUM_NO_", "VINCULUM_")))
                .filter(setting -> setting.isSwitch() || setting.variable().equals(variable))
                .map(setting -> (setting.variable().equals(variable) ? "" : "no-") + setting.name())
                .findFirst();
        if (name.isPresent()) {
            put(variable, name.get(), text, Source.ENVIRONMENT);
        } else {
            unknown(variable, variable.substring("VINCULUM_".length()).replace('_', '-'));
        }
    }

    private void unknown(String where, String name) {
        problems.add("the setting " + Nearest.shown(where) + " is unknown"
                + Nearest.hint(name, TABLE.stream().map(Setting::name).toList()));
    }

    /** The setting of a name; {@code no-<name>} means the same switch. */
    private static Optional<Setting<?>> named(String name) {
        return TABLE.stream()
                .filter(setting ->
                        setting.name().equals(name) || (setting.isSwitch() && name.equals("no-" + setting.name())))
                .findFirst();
    }

    private void put(String where, String name, String text, Source source) {
        Setting<?> setting = named(name).orElseThrow();
        Optional<?> value = setting.type().read(text);
        if (value.isEmpty()) {
            problems.add("the setting " + where + " takes " + setting.type().right() + ", was '"
                    + SettingType.shown(Nearest.shown(text)) + "'");
            return;
        }
        boolean inverted = !name.equals(setting.name());
        given.put(
                setting.name(), new Given(inverted ? String.valueOf(value.get().equals(false)) : text, source));
    }

    /** What is wrong in the sources, one sentence each. */
    public List<String> problems() {
        return Collections.unmodifiableList(problems);
    }

    /** The value of a setting that has none by itself; empty when it is not given. */
    public <T> Optional<T> find(Setting<T> setting) {
        String text = text(setting);
        return text.isEmpty() ? Optional.empty() : Optional.of(setting.read(text));
    }

    /** The value of a setting that has a default. */
    public <T> T get(Setting<T> setting) {
        return find(setting).orElseThrow(() -> Failure.invalid("the setting '" + setting.name() + "' is missing"));
    }

    private String text(Setting<?> setting) {
        Given found = given.get(setting.name());
        return found == null ? setting.fallback() : found.text();
    }

    /** The text of a setting as it may be printed; passwords are masked. */
    public String shown(Setting<?> setting) {
        return SettingType.shown(text(setting));
    }

    public Source source(Setting<?> setting) {
        Given found = given.get(setting.name());
        return found == null ? Source.DEFAULT : found.source();
    }

    /** The text that a source other than the default gives for a name; empty when none does. */
    public Optional<String> given(String name) {
        return Optional.ofNullable(given.get(name)).map(Given::text);
    }

    public QueryLimits limits() {
        return new QueryLimits(
                get(HOPS),
                get(FIELDS),
                get(CONDITIONS),
                get(ROOT_ROWS),
                get(ROWS),
                get(ANSWER_BYTES),
                find(MEMORY_BYTES).orElse(QueryLimits.DEFAULT.memoryBytes()),
                get(CACHE_BYTES),
                get(REQUEST_TIMEOUT));
    }

    /** How to reach a database. */
    public DatabaseSettings database(String uri) {
        DatabaseSettings usual = DatabaseSettings.of(uri);
        return new DatabaseSettings(
                uri,
                get(CONNECTIONS),
                usual.waiting(),
                usual.connectTimeout(),
                get(STATEMENT_TIMEOUT),
                get(WRITE_TIMEOUT));
    }

    /** Where to listen. */
    public EndpointSettings endpoint(String exampleQuery) {
        EndpointSettings usual = EndpointSettings.of(get(HOST), get(PORT), exampleQuery);
        return new EndpointSettings(
                usual.host(),
                usual.port(),
                usual.eventLoops(),
                get(BODY_BYTES),
                usual.waitingBodyBytes(),
                usual.idleSeconds(),
                usual.headerSeconds(),
                usual.bodySeconds(),
                usual.exampleQuery(),
                find(CORS).orElse(List.of()));
    }

    /** The cluster to join, of a database; empty for a lone node. */
    public Optional<Cluster> cluster(String database) {
        return get(CLUSTER)
                ? Optional.of(new Cluster(
                        find(CLUSTER_NAME).orElse("vinculum-" + database),
                        get(CLUSTER_HOST),
                        get(CLUSTER_PORT),
                        get(CLUSTER_MEMBERS)))
                : Optional.empty();
    }

    /** The table as Markdown, for the README. */
    public static String markdown() {
        return "| setting | default | what it is | commands |\n|---|---|---|---|\n"
                + TABLE.stream().map(Setting::row).collect(Collectors.joining());
    }
}
