package io.vinculum.load;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldModifier;
import io.vinculum.failure.Failure;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** RFC 4180 with a header; an empty cell is null, a quoted empty one an empty string. */
final class CsvSource implements RowSource {
    /** Stands for an empty cell without quotes; no file that PostgreSQL takes holds the character NUL. */
    private static final String NULL = "\0";

    private final CountingStream in;
    private final Iterator<CsvRecord> records;
    private long lastLine = 1;
    private final List<String> header;

    CsvSource(CountingStream in) throws IOException {
        this.in = in;
        InputStreamReader reader = new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        CsvReader<CsvRecord> csv = CsvReader.builder()
                .skipEmptyLines(true)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .build(
                        CsvRecordHandler.builder()
                                .fieldModifier(new EmptyIsNull())
                                .build(),
                        reader);
        this.records = csv.iterator();
        this.header = readHeader();
    }

    /** Tells an empty cell from a quoted empty one. */
    private static final class EmptyIsNull implements FieldModifier {
        @Override
        public String modify(long line, int index, boolean quoted, String field) {
            return field.isEmpty() && !quoted ? NULL : field;
        }
    }

    private List<String> readHeader() throws IOException {
        CsvRecord first = record();
        if (first == null) {
            throw Failure.invalid("the file is empty; its first line must name the columns");
        }
        List<String> names = first.getFields().stream()
                .map(name -> name.replace("\uFEFF", "").strip())
                .toList();
        Set<String> seen = new HashSet<>();
        names.stream().filter(name -> !seen.add(name)).findFirst().ifPresent(name -> {
            throw Failure.invalid("line 1: the column '" + name + "' is there twice");
        });
        return names;
    }

    private @Nullable CsvRecord record() throws IOException {
        try {
            return records.hasNext() ? records.next() : null;
        } catch (CsvParseException e) {
            throw Failure.invalid("not CSV after line " + lastLine
                    + ": a quoted cell goes on after its closing quote; write \"\" for a quote inside it");
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw Failure.invalid("the file is not UTF-8");
            }
            throw e.getCause();
        }
    }

    @Override
    public Optional<List<String>> header() {
        return Optional.of(header);
    }

    @Override
    public Optional<SourceRow> next() throws IOException {
        CsvRecord record = record();
        if (record == null) {
            checkClosed();
            return Optional.empty();
        }
        lastLine = record.getStartingLineNumber();
        if (record.getFieldCount() != header.size()) {
            throw Failure.invalid("line " + record.getStartingLineNumber() + " has " + record.getFieldCount()
                    + " cells, but the header names " + header.size() + " columns");
        }
        Map<String, @Nullable Object> cells = new LinkedHashMap<>();
        for (int i = 0; i < header.size(); i++) {
            String cell = record.getField(i);
            cells.put(header.get(i), cell.equals(NULL) ? null : cell);
        }
        return Optional.of(new SourceRow(record.getStartingLineNumber(), cells));
    }

    private void checkClosed() {
        if (in.quotes() % 2 != 0) {
            throw Failure.invalid(
                    "a quoted cell is never closed; look at line " + lastLine + ", where the last row begins");
        }
    }

    @Override
    public boolean text() {
        return true;
    }

    @Override
    public long position() {
        return in.position();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
