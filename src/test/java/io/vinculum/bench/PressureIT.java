package io.vinculum.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** That callers who mean harm neither stop the server nor fill its memory; it has a heap as in a small container. */
class PressureIT {
    /** A request's deadline: a normal client is answered within it however busy the machine is. */
    private static final int DEADLINE_MILLIS = 10_000;

    private static final int MOST_MEGABYTES = 900;

    @TempDir
    private Path folder;

    @Test
    void badCallersNeitherStopOthersNorFillTheMemory() throws IOException, InterruptedException {
        Pressure pressure = new Pressure();
        new CommandLine(pressure)
                .parseArgs(
                        "--seconds=3",
                        "--shapes=200",
                        "--callers=16",
                        "--jvm=-Xmx512m",
                        "--folder=" + folder.resolve("server"));

        Pressure.Figures figures = pressure.measure();

        assertThat(figures.besideBadP99()).isLessThan(DEADLINE_MILLIS);
        assertThat(figures.besideExpensiveP99()).isLessThan(DEADLINE_MILLIS);
        assertThat(figures.refusalCpu()).as("milliseconds").isLessThan(150);
        assertThat(figures.badMegabytes()).isLessThan(MOST_MEGABYTES);
        assertThat(figures.expensiveMegabytes()).isLessThan(MOST_MEGABYTES);
        assertThat(figures.shapesMegabytes()).isLessThan(MOST_MEGABYTES);
        assertThat(figures.backendMegabytes()).isLessThan(100);
    }
}
