package io.vinculum.load;

import io.vinculum.failure.Failure;
import io.vinculum.json.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** One JSON object a line; blank lines are passed over. */
final class NdjsonSource implements RowSource {
    private final CountingStream in;
    private final BufferedReader reader;
    private long line;

    NdjsonSource(CountingStream in) {
        this.in = in;
        this.reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    }

    @Override
    public Optional<List<String>> header() {
        return Optional.empty();
    }

    @Override
    public Optional<SourceRow> next() throws IOException {
        for (String text = reader.readLine(); text != null; text = reader.readLine()) {
            line++;
            if (!text.isBlank()) {
                return Optional.of(row(text));
            }
        }
        return Optional.empty();
    }

    private SourceRow row(String text) {
        try {
            return new SourceRow(line, JsonText.object("a line", JsonText.parse(text)));
        } catch (Failure failure) {
            throw Failure.invalid("line " + line + ": " + failure.getMessage());
        }
    }

    @Override
    public boolean text() {
        return false;
    }

    @Override
    public long position() {
        return in.position();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
