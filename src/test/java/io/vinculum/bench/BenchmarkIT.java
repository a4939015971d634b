package io.vinculum.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** That the benchmark runs, and that what it compares answers the same; its figures are for people. */
class BenchmarkIT {
    @TempDir
    private Path folder;

    @Test
    void theServerAnswersAsTheStatementsWrittenByHand() throws IOException {
        Path figures = folder.resolve("figures.txt");

        int status = new CommandLine(new Benchmark())
                .execute(
                        "--database=" + TestDatabase.create(),
                        "--connections=2",
                        "--seconds=0.05",
                        "--rounds=2",
                        "--warm-up=0",
                        "--no-writes",
                        "--no-workflows",
                        "--no-start",
                        "--out=" + figures);

        assertThat(status).isZero();
        for (BenchQuery query : BenchQuery.values()) {
            assertThat(Files.readString(figures)).contains(query.id() + " ");
        }
    }
}
