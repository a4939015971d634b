package io.vinculum.endpoint;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one body in chunks to the letter of RFC 9112, section 7.1. A lenient reader and a strict one in front of it see
 * different requests in the same bytes, so nothing is forgiven: lines end in CR LF and a size has eight digits at most.
 */
final class ChunkedBody {
    private static final int MAX_LINE = 1_024;
    private static final int MAX_TRAILERS = 8 << 10;
    /** A size, then extensions, which are read over. */
    private static final Pattern SIZE = Pattern.compile("(\\p{XDigit}{1,8})[ \\t]*(;[\\t\\x20-\\x7E\\x80-\\xFF]*)?");

    private enum Part {
        SIZE,
        DATA,
        DELIMITER,
        TRAILERS
    }

    private Part part = Part.SIZE;
    private long left;
    private int trailers;

    /** Bytes that are no chunked body. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /** Takes one step, if the bytes of it are there; whether the body is complete. */
    boolean read(ByteBuf in, List<Object> out) throws Malformed {
        switch (part) {
            case SIZE -> size(in);
            case DATA -> data(in, out);
            case DELIMITER -> delimiter(in);
            case TRAILERS -> {
                return trailer(in, out);
            }
        }
        return false;
    }

    private void size(ByteBuf in) throws Malformed {
        String line = line(in);
        if (line == null) {
            return;
        }
        Matcher matcher = SIZE.matcher(line);
        if (!matcher.matches()) {
            throw new Malformed("a chunk of the body begins with no size of one to eight hexadecimal digits");
        }
        left = Long.parseLong(matcher.group(1), 16);
        part = left == 0 ? Part.TRAILERS : Part.DATA;
    }

    private void data(ByteBuf in, List<Object> out) {
        int length = (int) Math.min(left, in.readableBytes());
        if (length == 0) {
            return;
        }
        out.add(new DefaultHttpContent(in.readRetainedSlice(length)));
        left -= length;
        if (left == 0) {
            part = Part.DELIMITER;
        }
    }

    private void delimiter(ByteBuf in) throws Malformed {
        if (in.readableBytes() < 2) {
            return;
        }
        if (in.readByte() != '\r' || in.readByte() != '\n') {
            throw new Malformed("a chunk of the body is longer than its size says");
        }
        part = Part.SIZE;
    }

    private boolean trailer(ByteBuf in, List<Object> out) throws Malformed {
        String line = line(in);
        if (line == null) {
            return false;
        }
        if (line.isEmpty()) {
            out.add(LastHttpContent.EMPTY_LAST_CONTENT);
            return true;
        }
        trailers += line.length();
        if (trailers > MAX_TRAILERS || line.indexOf(':') <= 0 || line.charAt(0) <= ' ') {
            throw new Malformed("what follows the last chunk of the body is no header");
        }
        return false;
    }

    /** The next line without its end; null while it is not complete. */
    private static @Nullable String line(ByteBuf in) throws Malformed {
        int end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
        int length = (end < 0 ? in.writerIndex() : end) - in.readerIndex();
        if (length > MAX_LINE) {
            throw new Malformed("a line between chunks of the body is longer than " + MAX_LINE + " bytes");
        }
        if (end < 0) {
            return null;
        }
        String line =
                in.readCharSequence(length + 1, StandardCharsets.ISO_8859_1).toString();
        if (length == 0 || line.charAt(length - 1) != '\r' || line.indexOf('\r') != length - 1) {
            throw new Malformed("a line between chunks of the body does not end in CR LF");
        }
        return line.substring(0, length - 1);
    }
}
