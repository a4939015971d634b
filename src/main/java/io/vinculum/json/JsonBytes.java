package io.vinculum.json;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A growing array of UTF-8 bytes that JSON is written into; for one thread. */
public final class JsonBytes {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

    private final long most;
    private byte[] bytes;
    private int length;

    public JsonBytes(int capacity) {
        this(capacity, Integer.MAX_VALUE);
    }

    /** Bytes that are at most so many; one more fails with {@code TOO_LARGE}. */
    public JsonBytes(int capacity, long most) {
        this.bytes = new byte[Math.max(16, capacity)];
        this.most = most;
    }

    public int length() {
        return length;
    }

    /** The bytes written so far, in an array that may be longer; later writes may replace it. */
    public byte[] array() {
        return bytes;
    }

    /** What was written, as a buffer that shares the array: write nothing afterwards. */
    public Buffer toBuffer() {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, 0, length));
    }

    /** Text that is ASCII JSON already: punctuation, keys, numbers. */
    public JsonBytes raw(byte[] ascii) {
        reserve(ascii.length);
        System.arraycopy(ascii, 0, bytes, length, ascii.length);
        length += ascii.length;
        return this;
    }

    /** One ASCII character of JSON. */
    public JsonBytes raw(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Hands what was written on and begins again. */
    public void drainTo(OutputStream sink) throws IOException {
        sink.write(bytes, 0, length);
        length = 0;
    }

    /** What was written elsewhere. */
    public JsonBytes append(JsonBytes other) {
        reserve(other.length);
        System.arraycopy(other.bytes, 0, bytes, length, other.length);
        length += other.length;
        return this;
    }

    /** JSON text of any characters, written as it is. */
    public JsonBytes json(String text) {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes back the last character; for the comma after the last element. */
    public JsonBytes unwrite() {
        length--;
        return this;
    }

    public JsonBytes nothing() {
        return raw(NULL);
    }

    public JsonBytes bool(boolean value) {
        return raw(value ? TRUE : FALSE);
    }

    public JsonBytes number(int value) {
        return number((long) value);
    }

    public JsonBytes number(long value) {
        reserve(20);
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                return ascii(Long.toString(value));
            }
            bytes[length++] = '-';
            value = -value;
        }
        int end = length + digits(value);
        length = end;
        do {
            bytes[--end] = (byte) ('0' + value % 10);
            value /= 10;
        } while (value != 0);
        return this;
    }

    private static int digits(long value) {
        int count = 1;
        for (long rest = value / 10; rest != 0; rest /= 10) {
            count++;
        }
        return count;
    }

    /** Any number; one that JSON cannot hold (infinite, not a number) becomes {@code null}. */
    public JsonBytes number(Number value) {
        if (value instanceof Integer || value instanceof Long || value instanceof Short) {
            return number(value.longValue());
        }
        if (value instanceof Double || value instanceof Float) {
            double number = value.doubleValue();
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                return nothing();
            }
            boolean whole = number == Math.rint(number) && Math.abs(number) < 1e15;
            return whole && !(number == 0 && 1 / number < 0) ? number((long) number) : ascii(value.toString());
        }
        return ascii(value.toString());
    }

    /** ASCII characters without quotes. */
    @SuppressWarnings("deprecation") // String.getBytes(int, int, byte[], int): the one copy without an encoder
    public JsonBytes ascii(String text) {
        reserve(text.length());
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
        return this;
    }

    /** A quoted and escaped string. */
    public JsonBytes string(String text) {
        int count = text.length();
        reserve(count + 2);
        bytes[length++] = '"';
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || c < 0x20 || c == '"' || c == '\\') {
                return restOfString(text, i);
            }
            bytes[length++] = (byte) c;
        }
        bytes[length++] = '"';
        return this;
    }

    private JsonBytes restOfString(String text, int from) {
        int count = text.length();
        reserve((count - from) * 6 + 1);
        for (int i = from; i < count; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                escaped(c);
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xC0 | (c >> 6));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c) && i + 1 < count && Character.isLowSurrogate(text.charAt(i + 1))) {
                supplementary(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                threeBytes(Character.isSurrogate(c) ? '\uFFFD' : c);
            }
        }
        bytes[length++] = '"';
        return this;
    }

    private void escaped(char c) {
        if (c >= 0x20 && c != '"' && c != '\\') {
            bytes[length++] = (byte) c;
            return;
        }
        bytes[length++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[length++] = (byte) c;
            case '\n' -> bytes[length++] = 'n';
            case '\r' -> bytes[length++] = 'r';
            case '\t' -> bytes[length++] = 't';
            default -> {
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                bytes[length++] = HEX[c >> 4];
                bytes[length++] = HEX[c & 15];
            }
        }
    }

    private void threeBytes(char c) {
        bytes[length++] = (byte) (0xE0 | (c >> 12));
        bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        bytes[length++] = (byte) (0x80 | (c & 0x3F));
    }

    private void supplementary(int point) {
        bytes[length++] = (byte) (0xF0 | (point >> 18));
        bytes[length++] = (byte) (0x80 | ((point >> 12) & 0x3F));
        bytes[length++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        bytes[length++] = (byte) (0x80 | (point & 0x3F));
    }

    /** Any plain JSON value, or a Vert.x one. */
    public JsonBytes value(@Nullable Object value) {
        if (value == null) {
            return nothing();
        }
        if (value instanceof String text) {
            return string(text);
        }
        if (value instanceof Number number) {
            return number(number);
        }
        if (value instanceof Boolean bool) {
            return bool(bool);
        }
        if (value instanceof JsonObject object) {
            return object(object.getMap());
        }
        if (value instanceof Map<?, ?> map) {
            return object(map);
        }
        if (value instanceof JsonArray array) {
            return list(array.getList());
        }
        return value instanceof List<?> list ? list(list) : string(value.toString());
    }

    private JsonBytes object(Map<?, ?> map) {
        raw('{');
        map.forEach((key, value) ->
                string(String.valueOf(key)).raw(':').value(value).raw(','));
        return (map.isEmpty() ? this : unwrite()).raw('}');
    }

    private JsonBytes list(List<?> list) {
        raw('[');
        list.forEach(value -> value(value).raw(','));
        return (list.isEmpty() ? this : unwrite()).raw(']');
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            if (length + (long) more > most) {
                throw new Failure(
                        FailureCode.TOO_LARGE,
                        "the answer is larger than " + most + " bytes; ask for less with fields, take or filters");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(most, Math.max(bytes.length * 2L, length + (long) more)));
        }
    }
}
