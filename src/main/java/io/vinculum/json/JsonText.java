package io.vinculum.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON text to plain values and back: {@link Map} in key order, {@link List}, {@link String}, {@link Integer},
 * {@link Long}, {@link java.math.BigInteger}, {@link java.math.BigDecimal}, {@link Boolean} and {@code null}.
 */
public final class JsonText {
    /** Deeper than any filter that passes the limits of a selection, shallow enough for every thread's stack. */
    private static final int MAX_DEPTH = 200;

    private static final int MAX_NUMBER_LENGTH = 400;
    private static final int MAX_STRING_LENGTH = 64 << 20;
    /** The contract's limit for the values of one {@code $in}; no other list of a request may be longer. */
    public static final int MAX_ELEMENTS = 100_000;

    private static final char REPLACED = '\uFFFD';

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxStringLength(MAX_STRING_LENGTH)
                    .build())
            .build();

    private JsonText() {}

    /**
     * Reads one JSON value; a duplicate key, trailing text or nesting deeper than 200 is an error.
     *
     * @throws Failure {@code INVALID_DATA} that says where the text goes wrong
     */
    public static @Nullable Object parse(String text) {
        return parse(text, Integer.MAX_VALUE);
    }

    private static @Nullable Object parse(String text, int mostElements) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return new Reader(parser, mostElements).whole();
        } catch (IOException e) {
            throw invalid(e);
        }
    }

    /**
     * Reads the body of a request, which must be UTF-8 to the letter: neither overlong nor surrogates.
     *
     * @throws Failure {@code INVALID_DATA} that says where the text goes wrong; {@code TOO_LARGE} when an array or an
     *     object has more than {@value #MAX_ELEMENTS} elements
     */
    public static @Nullable Object parse(Buffer text) {
        String decoded = text.toString(StandardCharsets.UTF_8);
        if (decoded.indexOf(REPLACED) < 0) {
            return parse(decoded, MAX_ELEMENTS);
        }
        // Either the text has this character, or it stands for bytes that are none; only the slow decoder tells.
        try {
            return parse(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(text.getBytes()))
                            .toString(),
                    MAX_ELEMENTS);
        } catch (CharacterCodingException e) {
            throw Failure.invalid("not JSON: the text is not valid UTF-8");
        }
    }

    /** A whole number in the smallest type that holds it, as a parsed one has it. */
    public static Number whole(BigInteger value) {
        if (value.bitLength() < Integer.SIZE) {
            return value.intValue();
        }
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    private static Failure invalid(IOException e) {
        if (e instanceof StreamConstraintsException) {
            return Failure.invalid("not JSON that is taken: it is nested deeper than " + MAX_DEPTH
                    + ", or has a key or a number that is too long");
        }
        if (e instanceof JsonProcessingException json && json.getLocation() != null) {
            // The parser's own advice is for those who configure it.
            String reason =
                    json.getOriginalMessage().split("[\n(]|: enable", 2)[0].strip();
            return Failure.invalid("not JSON: " + reason + " (line "
                    + json.getLocation().getLineNr() + ", column "
                    + json.getLocation().getColumnNr() + ")");
        }
        return Failure.invalid("not JSON");
    }

    /** Reads with a bound on the elements of any array or object. */
    private record Reader(JsonParser parser, int mostElements) {

        @Nullable
        Object whole() throws IOException {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw Failure.invalid("not JSON: the text is empty");
            }
            Object value = value(first);
            if (parser.nextToken() != null) {
                throw Failure.invalid("not JSON: text follows the value");
            }
            return value;
        }

        private @Nullable Object value(JsonToken token) throws IOException {
            return switch (token) {
                case START_OBJECT -> object();
                case START_ARRAY -> array();
                case VALUE_STRING -> parser.getText();
                case VALUE_NUMBER_INT -> parser.getNumberValue();
                case VALUE_NUMBER_FLOAT -> decimal();
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                case VALUE_NULL -> null;
                default -> throw Failure.invalid("not JSON: unexpected " + token);
            };
        }

        private BigDecimal decimal() throws IOException {
            try {
                return Decimals.parse(parser.getText());
            } catch (NumberFormatException e) {
                throw Failure.invalid("not JSON that is accepted: the number " + shown(parser.getText())
                        + " has too many digits, or an exponent beyond 1000");
            }
        }

        private Map<String, @Nullable Object> object() throws IOException {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                map.put(key, value(parser.nextToken()));
                check("an object", map.size());
            }
            return map;
        }

        private List<@Nullable Object> array() throws IOException {
            List<@Nullable Object> list = new ArrayList<>();
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                list.add(value(token));
                check("an array", list.size());
            }
            return list;
        }

        private void check(String what, int size) {
            if (size > mostElements) {
                throw new Failure(
                        FailureCode.TOO_LARGE, what + " of a request has at most " + mostElements + " elements");
            }
        }
    }

    /** Writes a plain value, a {@link JsonObject} or a {@link JsonArray} as JSON text. */
    public static String encode(@Nullable Object value) {
        JsonBytes out = new JsonBytes(256);
        out.value(value);
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    /**
     * The same value without Vert.x types: objects as maps, arrays as lists.
     *
     * @throws Failure {@code INVALID_DATA} when it is nested deeper than 200
     */
    public static @Nullable Object plain(@Nullable Object value) {
        return plain(value, MAX_DEPTH);
    }

    /** A JSON object of the bus as a plain map. */
    public static Map<String, @Nullable Object> plain(JsonObject object) {
        return plainMap(object.getMap(), MAX_DEPTH);
    }

    private static @Nullable Object plain(@Nullable Object value, int depth) {
        if (depth < 0) {
            throw Failure.invalid("JSON is nested deeper than " + MAX_DEPTH);
        }
        if (value instanceof JsonObject object) {
            return plainMap(object.getMap(), depth);
        }
        if (value instanceof Map<?, ?> map) {
            return plainMap(map, depth);
        }
        if (value instanceof JsonArray array) {
            return plainList(array.getList(), depth);
        }
        return value instanceof List<?> list ? plainList(list, depth) : value;
    }

    private static Map<String, @Nullable Object> plainMap(Map<?, ?> map, int depth) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        map.forEach((key, value) -> plain.put(String.valueOf(key), plain(value, depth - 1)));
        return plain;
    }

    private static List<@Nullable Object> plainList(List<?> list, int depth) {
        List<@Nullable Object> plain = new ArrayList<>(list.size());
        for (Object value : list) {
            plain.add(plain(value, depth - 1));
        }
        return plain;
    }

    /** Reads a JSON object; anything else is {@code INVALID_DATA}. */
    @SuppressWarnings("unchecked")
    public static Map<String, @Nullable Object> object(String what, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw Failure.invalid(what + " takes an object, was " + shown(value));
    }

    /** Reads a JSON array; anything else is {@code INVALID_DATA}. */
    @SuppressWarnings("unchecked")
    public static List<@Nullable Object> list(String what, @Nullable Object value) {
        if (value instanceof List<?> list) {
            return (List<@Nullable Object>) list;
        }
        throw Failure.invalid(what + " takes a list, was " + shown(value));
    }

    /** A value as a message may show it: its JSON, cut when it is long. */
    public static String shown(@Nullable Object value) {
        if (value instanceof String text && text.length() > 60) {
            return encode(text.substring(0, 60) + "…");
        }
        if (value instanceof Map<?, ?>) {
            return "an object";
        }
        if (value instanceof BigInteger number && number.bitLength() > 256) {
            return "a number of " + number.bitLength() + " bits";
        }
        if (value instanceof List<?> list) {
            return "an array of " + list.size();
        }
        try {
            return encode(value);
        } catch (UncheckedIOException e) {
            return String.valueOf(value);
        }
    }
}
