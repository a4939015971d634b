package io.vinculum.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vinculum.endpoint.MediaTypes.Accepted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/* | JSON_ONLY",
                "application/json | JSON_ONLY",
                "application/graphql-response+json | RESPONSE",
                "application/graphql-response+json, application/json | RESPONSE",
                "application/json, application/graphql-response+json | JSON_ONLY",
                "application/graphql-response+json;q=0.9, application/json;q=0.5 | RESPONSE",
                "application/graphql-response+json;q=0.1, application/json;q=0.5 | JSON_ONLY",
                "application/graphql-response+json; charset=utf-8, */*;q=0.1 | RESPONSE",
                "application/json;q=0, */* | RESPONSE",
                "application/graphql-response+json;q=0, application/json | JSON_ONLY",
                "application/json;q=0 | NONE",
                "*/*;q=0 | NONE",
                "text/html, application/xhtml+xml | NONE",
                "text/html, */*;q=0.8 | JSON_ONLY",
                "APPLICATION/JSON | JSON_ONLY",
                "application/* | JSON_ONLY"
            })
    void theTypeThatTheClientLikesBestIsAnswered(String header, Accepted expected) {
        assertThat(MediaTypes.accepted(header)).isEqualTo(expected);
    }

    @Test
    void noHeaderTakesEverything() {
        assertThat(MediaTypes.accepted(null)).isEqualTo(Accepted.JSON_ONLY);
        assertThat(MediaTypes.accepted(" ")).isEqualTo(Accepted.JSON_ONLY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json | true",
                "application/json; charset=utf-8 | true",
                "Application/JSON;charset=\"UTF-8\" | true",
                "application/json; charset=utf-16 | false",
                "application/graphql | false",
                "text/plain | false",
                "application/jsonx | false",
                "json | false"
            })
    void bodiesAreJsonInUtf8(String header, boolean expected) {
        assertThat(MediaTypes.isJson(header)).isEqualTo(expected);
    }

    @Test
    void compressionIsSentToThoseWhoTakeIt() {
        assertThat(MediaTypes.acceptsGzip("deflate, gzip;q=0.5")).isTrue();
        assertThat(MediaTypes.acceptsGzip("gzip;q=0, br")).isFalse();
        assertThat(MediaTypes.acceptsGzip(null)).isFalse();
    }
}
