package io.vinculum.load;

import io.vinculum.failure.Failure;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Rows of a file, one after the other; holds one at a time. */
interface RowSource extends Closeable {

    /** The columns that every row has, where the file says so at its head. */
    Optional<List<String>> header();

    /** The next row; empty at the end. */
    Optional<SourceRow> next() throws IOException;

    /** Whether cells are text that has to be parsed, not JSON values. */
    boolean text();

    /** How many bytes were read so far. */
    long position();

    static RowSource open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw Failure.invalid("there is no file " + file);
        }
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        CountingStream in = new CountingStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
        if (name.endsWith(".csv")) {
            return new CsvSource(in);
        }
        if (name.endsWith(".ndjson") || name.endsWith(".jsonl")) {
            return new NdjsonSource(in);
        }
        in.close();
        throw Failure.invalid("the file " + file.getFileName() + " must end in .csv or .ndjson");
    }

    /** Counts what passes through. */
    final class CountingStream extends FilterInputStream {
        private long position;
        private long quotes;

        CountingStream(InputStream in) {
            super(in);
        }

        long position() {
            return position;
        }

        /** How many double quotes passed; a file whose cells are all closed has an even number. */
        long quotes() {
            return quotes;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            position += value < 0 ? 0 : 1;
            quotes += value == '"' ? 1 : 0;
            return value;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            int count = super.read(into, from, most);
            position += Math.max(0, count);
            for (int i = from; i < from + count; i++) {
                quotes += into[i] == '"' ? 1 : 0;
            }
            return count;
        }
    }
}
