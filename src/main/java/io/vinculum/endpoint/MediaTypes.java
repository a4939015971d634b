package io.vinculum.endpoint;

import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.impl.HeaderParser;
import io.vertx.ext.web.impl.ParsableMIMEValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which media types are taken and answered, with the quality values of {@code Accept} (RFC 9110, section 12.5.1). */
final class MediaTypes {
    static final String JSON = "application/json";
    static final String GRAPHQL_RESPONSE = "application/graphql-response+json";

    private MediaTypes() {}

    /** What a client takes. */
    enum Accepted {
        JSON_ONLY(JSON),
        RESPONSE(GRAPHQL_RESPONSE),
        NONE(JSON);

        private final String contentType;

        Accepted(String name) {
            this.contentType = name + "; charset=utf-8";
        }

        String contentType() {
            return contentType;
        }
    }

    /** The one it likes best; of two that it likes equally the one it names first, else the older. */
    static Accepted accepted(@Nullable String header) {
        if (header == null || header.isBlank() || header.equals("*/*") || header.equals(JSON)) {
            return Accepted.JSON_ONLY;
        }
        List<MIMEHeader> ranges = HeaderParser.convertToParsedHeaderValues(header, ParsableMIMEValue::new);
        Liking json = Liking.of(ranges, "json");
        Liking response = Liking.of(ranges, "graphql-response+json");
        if (json.weight() <= 0 && response.weight() <= 0) {
            return Accepted.NONE;
        }
        if (json.weight() != response.weight()) {
            return json.weight() > response.weight() ? Accepted.JSON_ONLY : Accepted.RESPONSE;
        }
        return response.named() && (!json.named() || response.position() < json.position())
                ? Accepted.RESPONSE
                : Accepted.JSON_ONLY;
    }

    /** How much a client likes a type: the weight of the range that says most about it. */
    private record Liking(float weight, boolean named, int position) {

        static Liking of(List<MIMEHeader> ranges, String subtype) {
            Liking best = new Liking(0, false, Integer.MAX_VALUE);
            int precision = 0;
            for (int i = 0; i < ranges.size(); i++) {
                MIMEHeader range = ranges.get(i);
                int matched = precision(range, subtype);
                if (matched > precision) {
                    precision = matched;
                    best = new Liking(range.weight(), matched == 3, i);
                }
            }
            return best;
        }

        private static int precision(MIMEHeader range, String subtype) {
            if (range.component().equals("*")) {
                return 1;
            }
            if (!range.component().equalsIgnoreCase("application")) {
                return 0;
            }
            return range.subComponent().equals("*") ? 2 : range.subComponent().equalsIgnoreCase(subtype) ? 3 : 0;
        }
    }

    /** Whether a body is JSON in UTF-8; a browser sends that across origins only when it was allowed to. */
    static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        if (contentType.equals(JSON)) {
            return true;
        }
        ParsableMIMEValue type = new ParsableMIMEValue(contentType).forceParse();
        String charset = type.parameter("charset");
        return type.component().equalsIgnoreCase("application")
                && type.subComponent().equalsIgnoreCase("json")
                && (charset == null || charset.replace("\"", "").equalsIgnoreCase("utf-8"));
    }

    /** Whether an answer may come compressed. */
    static boolean acceptsGzip(@Nullable String header) {
        return header != null
                && HeaderParser.convertToParsedHeaderValues(header, ParsableMIMEValue::new).stream()
                        .anyMatch(coding -> coding.value().equalsIgnoreCase("gzip") && coding.weight() > 0);
    }
}
