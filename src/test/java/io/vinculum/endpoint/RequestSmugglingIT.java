package io.vinculum.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vinculum.testing.HttpServer;
import io.vinculum.testing.RawConnection;
import io.vinculum.testing.TestDatabase;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a proxy in front may read as one request and this server as two, or the other way round. */
class RequestSmugglingIT {
    private static final String BODY = "{\"query\": \"{ __typename }\"}";
    private static final String HIDDEN = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    private static final HttpServer http =
            HttpServer.on(shop, EndpointSettings.of("127.0.0.1", 0, "").within(1, 2));

    private static String head(String version, String... headers) {
        return "POST /graphql HTTP/" + version + "\r\nHost: x\r\nContent-Type: application/json\r\n"
                + String.join(
                        "", Stream.of(headers).map(header -> header + "\r\n").toList()) + "\r\n";
    }

    private static String chunk(String size, String data) {
        return size + "\r\n" + data + "\r\n";
    }

    private static String wholeChunk() {
        return chunk(Integer.toHexString(BODY.length()), BODY) + "0\r\n\r\n";
    }

    static Stream<String> readInTwoWays() {
        String length = "Content-Length: " + BODY.length();
        return Stream.of(
                head("1.1", "Transfer-Encoding: chunked", length) + wholeChunk(),
                head("1.1", length, "Transfer-Encoding: chunked") + wholeChunk(),
                head("1.1", length, "transfer-encoding: CHUNKED") + wholeChunk(),
                head("1.1", "Transfer-Encoding: chunked", "Content-Length: 0") + wholeChunk(),
                head("1.0", "Transfer-Encoding: chunked") + wholeChunk(),
                head("1.0", "Transfer-Encoding: chunked", length) + wholeChunk(),
                head("1.1", "Transfer-Encoding: gzip, chunked") + wholeChunk(),
                head("1.1", "Transfer-Encoding: chunked, identity") + wholeChunk(),
                head("1.1", "Transfer-Encoding: chunked, chunked") + wholeChunk(),
                head("1.1", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + wholeChunk(),
                head("1.1", "Transfer-Encoding: identity") + BODY,
                head("1.1", "Transfer-Encoding: xchunked") + BODY,
                head("1.1", "Transfer-Encoding: ") + BODY,
                head("1.1", length, "Content-Length: 5") + BODY,
                head("1.1", "Content-Length: 5, " + BODY.length()) + BODY,
                head("1.1", "Content-Length: +" + BODY.length()) + BODY,
                head("1.1", "Content-Length: -1") + BODY,
                head("1.1", "Transfer-Encoding : chunked") + wholeChunk());
    }

    static Stream<String> brokenChunks() {
        String head = head("1.1", "Transfer-Encoding: chunked");
        String size = Integer.toHexString(BODY.length());
        return Stream.of(
                head + chunk("1000000" + "0" + size, BODY) + "0\r\n\r\n",
                head + chunk("ffffffffffffffff" + size, BODY) + "0\r\n\r\n",
                head + chunk("000000000" + size, BODY) + "0\r\n\r\n",
                head + chunk("0x" + size, BODY) + "0\r\n\r\n",
                head + chunk("-" + size, BODY) + "0\r\n\r\n",
                head + chunk(" " + size, BODY) + "0\r\n\r\n",
                head + chunk("", BODY) + "0\r\n\r\n",
                head + size + "\n" + BODY + "\r\n0\r\n\r\n",
                head + size + "\r\r\n" + BODY + "\r\n0\r\n\r\n",
                head + chunk(size, BODY + "xx") + "0\r\n\r\n",
                head + chunk(size + ";a\u0001b", BODY) + "0\r\n\r\n",
                head + chunk(size + ";" + "a".repeat(5_000), BODY) + "0\r\n\r\n",
                head + chunk(size, BODY) + "0\r\nno header\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource({"readInTwoWays", "brokenChunks"})
    void isRefusedAndNothingBehindItIsAnswered(String request) {
        try (RawConnection connection = RawConnection.to(http)) {
            String answer = connection.send(request + HIDDEN).readToEnd();

            assertThat(answer).containsPattern("^HTTP/1\\.[01] 400 ").contains("INVALID_DATA");
            assertThat(answer.split("HTTP/1\\.", -1)).as(answer).hasSize(2);
        }
    }

    @Test
    void chunksWithExtensionsAndTrailersAreReadAndTheConnectionGoesOn() {
        String half = BODY.substring(0, 5);
        String rest = BODY.substring(5);
        String request = head("1.1", "Transfer-Encoding: chunked")
                + chunk("5;name=value;other=\"a b\"", half)
                + chunk("000000" + Integer.toHexString(rest.length()).toUpperCase(Locale.ROOT) + " ;x", rest)
                + "0;last\r\nX-Trailer: yes\r\n\r\n";
        try (RawConnection connection = RawConnection.to(http)) {
            connection.send(request + request + HIDDEN);
            String answers = connection.readUntil("\"up\"");

            assertThat(answers.split("\\{\"data\":\\{\"__typename\":\"Query\"}}", -1))
                    .hasSize(3);
            connection.send(head("1.1", "Content-Length: " + BODY.length()) + BODY);
            assertThat(connection.readUntil("}}")).contains("200 OK");
        }
    }

    @Test
    void aRequestThatComesByteByByteIsRead() {
        String request = head("1.1", "Transfer-Encoding: chunked") + chunk("5", BODY.substring(0, 5))
                + chunk(Integer.toHexString(BODY.length() - 5), BODY.substring(5)) + "0\r\n\r\n";
        try (RawConnection connection = RawConnection.to(http)) {
            request.chars().forEach(c -> connection.send(String.valueOf((char) c)));

            assertThat(connection.readUntil("}}")).contains("{\"data\":{\"__typename\":\"Query\"}}");
        }
    }

    @Test
    void headersThatDoNotComeInTimeEndTheConnection() {
        try (RawConnection connection = RawConnection.to(http)) {
            assertThat(connection
                            .send("POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: ")
                            .readToEnd())
                    .isEmpty();
        }
    }

    @Test
    void aBodyThatDoesNotComeInTimeIsRefused() {
        for (String start : new String[] {
            head("1.1", "Content-Length: " + BODY.length()) + BODY.substring(0, 5),
            head("1.1", "Transfer-Encoding: chunked") + chunk("5", BODY.substring(0, 5)),
            head("1.1", "Transfer-Encoding: chunked")
        }) {
            try (RawConnection connection = RawConnection.to(http)) {
                assertThat(connection.send(start).readToEnd())
                        .startsWith("HTTP/1.1 408 ")
                        .contains("TIMEOUT")
                        .contains("2 seconds");
            }
        }
    }

    @Test
    void aConnectionThatWaitsBetweenRequestsIsKept() {
        try (RawConnection connection = RawConnection.to(http)) {
            connection.send(HIDDEN).readUntil("\"up\"");
            // Longer than headers or a body may take: the clock begins with the first byte.
            TestDatabase.await(shop.vertx().timer(2_500, TimeUnit.MILLISECONDS));
            connection.send(HIDDEN).readUntil("\"up\"");
        }
    }
}
