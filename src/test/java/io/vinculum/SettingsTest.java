package io.vinculum;

import static org.assertj.core.api.Assertions.assertThat;

import io.vinculum.database.DatabaseSettings;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.selection.QueryLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @TempDir
    private Path folder;

    private Settings read(Map<String, String> flags, Map<String, String> environment, String yaml) {
        try {
            return Settings.read(flags, environment, Files.writeString(folder.resolve("vinculum.yaml"), yaml));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> problems(String yaml) {
        return read(Map.of(), Map.of(), yaml).problems();
    }

    @Test
    void aFlagWinsOverTheEnvironmentThatOverTheFileThatOverTheDefault() {
        String yaml = "port: 1\nhost: file\ndrain: 3s\n";
        Map<String, String> environment = Map.of("VINCULUM_PORT", "2", "VINCULUM_HOST", "environment");
        Settings settings = read(Map.of("port", "3"), environment, yaml);

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.get(Settings.PORT)).isEqualTo(3);
        assertThat(settings.get(Settings.HOST)).isEqualTo("environment");
        assertThat(settings.get(Settings.DRAIN)).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.get(Settings.CLUSTER_PORT)).isEqualTo(5701);
        assertThat(Settings.all().stream().limit(10).map(settings::source).distinct())
                .containsExactlyInAnyOrder(Settings.Source.values());
    }

    @Test
    void nestedGroupsAndDottedNamesAreTheSameSetting() {
        assertThat(read(Map.of(), Map.of(), "limits:\n  rows: 7\n  root-rows: 6\n")
                        .limits()
                        .rows())
                .isEqualTo(7);
        assertThat(read(Map.of(), Map.of(), "limits.rows: 7\n").limits().rows()).isEqualTo(7);
        assertThat(read(Map.of(), Map.of("VINCULUM_LIMITS_ROOT_ROWS", "5"), "")
                        .limits()
                        .rootRows())
                .isEqualTo(5);
        assertThat(problems("limits.rows: 7\nlimits:\n  rows: 8\n"))
                .singleElement()
                .asString()
                .contains("gives 'limits.rows' twice");
    }

    @Test
    void listsMayBeWrittenAsLists() {
        assertThat(read(Map.of(), Map.of(), "cluster-members: [a:1, 'b:2']\n").get(Settings.CLUSTER_MEMBERS))
                .containsExactly("a:1", "b:2");
    }

    @Test
    void aSwitchMayBeTurnedOffByName() {
        assertThat(read(Map.of("no-sample", "true"), Map.of(), "").get(Settings.SAMPLE))
                .isFalse();
        assertThat(read(Map.of(), Map.of("VINCULUM_NO_SAMPLE", "true"), "").get(Settings.SAMPLE))
                .isFalse();
        assertThat(read(Map.of(), Map.of("VINCULUM_SAMPLE", "false"), "").get(Settings.SAMPLE))
                .isFalse();
        assertThat(read(Map.of(), Map.of(), "no-cluster: false\n").get(Settings.CLUSTER))
                .isTrue();
        assertThat(problems("no-port: 1\n")).hasSize(1);
    }

    @Test
    void unknownSettingsNameTheNearest() {
        assertThat(problems("prot: 1\n"))
                .singleElement()
                .asString()
                .contains("vinculum.yaml: prot is unknown; did you mean 'port'?");
        assertThat(problems("limits:\n  root-row: 1\n"))
                .singleElement()
                .asString()
                .contains("limits.root-row is unknown; did you mean 'limits.root-rows'?");
        assertThat(read(Map.of(), Map.of("VINCULUM_LIMITS_ROWZ", "1"), "").problems())
                .singleElement()
                .asString()
                .contains("VINCULUM_LIMITS_ROWZ is unknown; did you mean 'limits.rows'?");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertThat(problems("prot: 1\nport: x\ndrain: 2\n")).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            port: 99999                  | the setting vinculum.yaml: port takes a whole number from 0 to 65535, was '99999'
            port: eighty                 | takes a whole number from 0 to 65535, was 'eighty'
            drain: 2                     | takes a time like 500ms, 2s, 1m, 12h or 30d, was '2'
            drain: 2 weeks               | takes a time like 500ms, 2s, 1m, 12h or 30d, was '2 weeks'
            limits.body-bytes: 3MB       | takes a size like 512KiB or 32MiB, was '3MB'
            limits.rows: 0               | takes a whole number of at least 1, was '0'
            cluster: maybe               | takes true or false, was 'maybe'
            host: ''                     | takes a name or an address, was ''
            - a list                     | must hold settings like 'port: 8080'
            """)
    void wrongValuesNameTheSettingTheValueAndWhatWouldBeRight(String yaml, String message) {
        assertThat(problems(yaml)).singleElement().asString().contains(message);
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "2s,2000", "1m,60000", "2h,7200000"})
    void durationsHaveAUnit(String text, long millis) {
        assertThat(read(Map.of("drain", text), Map.of(), "").get(Settings.DRAIN).toMillis())
                .isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({"10,10", "10B,10", "3KiB,3072", "32MiB,33554432", "1GiB,1073741824"})
    void sizesMayHaveAUnit(String text, long bytes) {
        assertThat(read(Map.of("limits.body-bytes", text), Map.of(), "")
                        .endpoint("")
                        .maxBodyBytes())
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://me:secret@host:1/x, postgresql://me:***@host:1/x",
        "postgresql://host/x?user=a&password=secret&b=1, postgresql://host/x?user=a&password=***&b=1",
        "postgresql://me@host/x, postgresql://me@host/x"
    })
    void passwordsAreNeverShown(String uri, String shown) {
        assertThat(read(Map.of("database", uri), Map.of(), "").shown(Settings.DATABASE))
                .isEqualTo(shown);
    }

    @Test
    void theDefaultsAreThoseOfThePackages() {
        Settings settings = read(Map.of(), Map.of(), "");

        assertThat(settings.limits()).isEqualTo(QueryLimits.DEFAULT);
        assertThat(settings.database("postgresql://x")).isEqualTo(DatabaseSettings.of("postgresql://x"));
        assertThat(settings.endpoint("q")).isEqualTo(EndpointSettings.of("127.0.0.1", 8080, "q"));
        Settings.all().stream()
                .filter(setting -> !setting.fallback().isEmpty())
                .forEach(setting -> assertThat(setting.type().read(setting.fallback()))
                        .as(setting.name())
                        .isPresent());
    }

    @Test
    void eachSettingIsDescribedByASentence() {
        assertThat(Settings.all())
                .allSatisfy(setting -> assertThat(setting.what()).matches("[\\p{Lu}p].*\\."))
                .extracting(Setting::name)
                .doesNotHaveDuplicates();
    }
}
