package io.vinculum.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @Test
    void readsPlainValuesInKeyOrder() {
        Object parsed = JsonText.parse("{\"b\": [1, 2.50, null, true], \"a\": \"x\"}");

        assertThat(parsed).asString().isEqualTo("{b=[1, 2.50, null, true], a=x}");
        assertThat(((Map<?, ?>) parsed).get("b"))
                .isEqualTo(java.util.Arrays.asList(1, new BigDecimal("2.50"), null, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"a\": 1, \"a\": 2}", "[1] 2", "{a: 1}", "NaN", "[1,]"})
    void refusesWhatIsNotStrictJson(String text) {
        assertThatThrownBy(() -> JsonText.parse(text))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("not JSON");
    }

    @Test
    void refusesDeepNesting() {
        String deep = "[".repeat(1_000) + "]".repeat(1_000);

        assertThatThrownBy(() -> JsonText.parse(deep)).isInstanceOf(Failure.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1E+2147483648", "[1e999999999]", "1e-99999999999999999999", "1.0E2000"})
    void refusesNumbersThatNoArithmeticCanHold(String text) {
        assertThatThrownBy(() -> JsonText.parse(text))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("exponent");
    }

    @Test
    void refusesANumberOfAMillionDigits() {
        assertThatThrownBy(() -> JsonText.parse("9".repeat(1_000_000))).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> JsonText.parse("0." + "9".repeat(1_000_000))).isInstanceOf(Failure.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[%s]", "{\"a\": [[%s]]}"})
    void theListsOfARequestEndAtAHundredThousand(String form) {
        String ones = "1,".repeat(99_999) + "1";
        Buffer most = Buffer.buffer(String.format(form, ones));
        Buffer more = Buffer.buffer(String.format(form, ones + ",1"));

        assertThat(JsonText.parse(most)).isNotNull();
        assertThatThrownBy(() -> JsonText.parse(more))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(FailureCode.TOO_LARGE));
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        Buffer broken = Buffer.buffer(new byte[] {'"', (byte) 0xC3, (byte) 0x28, '"'});

        assertThatThrownBy(() -> JsonText.parse(broken)).isInstanceOf(Failure.class);
    }

    @Test
    void writesWhatAnotherWriterReads() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            random.ints(20, 0, Character.MAX_CODE_POINT)
                    .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
                    .forEach(point -> text.appendCodePoint(random.nextBoolean() ? point : point % 128));
            Map<String, Object> value =
                    Map.of(text.toString(), List.of(random.nextLong(), random.nextDouble(), text.toString()));
            String written = JsonText.encode(value);
            assertThat(new JsonObject(written)).as(written).isEqualTo(new JsonObject(new JsonObject(value).encode()));
        }
    }

    @Test
    void writesExtremeNumbers() {
        JsonBytes out = new JsonBytes(0);
        out.number(Long.MIN_VALUE)
                .raw(' ')
                .number(0)
                .raw(' ')
                .number((Number) 1.5)
                .raw(' ')
                .number((Number) Double.NaN);

        assertThat(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8))
                .isEqualTo("-9223372036854775808 0 1.5 null");
    }
}
