package io.vinculum.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnTypeTest {
    private static Object read(Scalar scalar, Object raw) {
        return ColumnType.of(scalar).read(raw, "thing.field");
    }

    private static void refused(Scalar scalar, Object raw) {
        assertThatThrownBy(() -> read(scalar, raw))
                .as(scalar + " " + raw)
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("thing.field");
    }

    @Test
    void anIntTakesAWholeNumberOnly() {
        assertThat(read(Scalar.INT, 7)).isEqualTo(7);
        assertThat(read(Scalar.INT, new BigDecimal("7.0"))).isEqualTo(7);
        refused(Scalar.INT, "7");
        refused(Scalar.INT, new BigDecimal("1.5"));
        refused(Scalar.INT, 1L << 31);
        refused(Scalar.INT, true);
    }

    @Test
    void aLongTakesStringsAndNumbers() {
        assertThat(read(Scalar.LONG, "9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(read(Scalar.LONG, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        refused(Scalar.LONG, BigInteger.TWO.pow(63));
        refused(Scalar.LONG, "1e400000000");
        refused(Scalar.LONG, "one");
    }

    @Test
    void aDecimalKeepsEveryDigit() {
        assertThat(read(Scalar.BIG_DECIMAL, "0.10")).isEqualTo("0.10");
        assertThat(read(Scalar.BIG_DECIMAL, new BigDecimal("12345678901234567890.123")))
                .isEqualTo("12345678901234567890.123");
        refused(Scalar.BIG_DECIMAL, "NaN");
        refused(Scalar.BIG_DECIMAL, "1E1000000000");
        refused(Scalar.BIG_DECIMAL, "9".repeat(2_000));
    }

    /** Made into numbers, each of these would take seconds. */
    @ParameterizedTest
    @EnumSource(
            value = Scalar.class,
            names = {"INT", "LONG", "FLOAT", "BIG_DECIMAL"})
    void aMillionDigitsAreRefusedBeforeTheyAreANumber(Scalar scalar) {
        String digits = "9".repeat(1_000_000);
        assertTimeout(Duration.ofSeconds(2), () -> {
            for (String text : new String[] {digits, "0." + digits, "1e" + digits, "1E-999999999"}) {
                refused(scalar, text);
                assertThatThrownBy(() -> ColumnType.of(scalar).parse(text, "thing.field"))
                        .isInstanceOf(Failure.class);
            }
            refused(scalar, BigInteger.ONE.shiftLeft(200_000));
        });
    }

    @Test
    void moreThanAHundredThousandValuesAreTooManyAtOnce() {
        ColumnType type = ColumnType.of(Scalar.INT);
        assertThat((Object[]) type.readMany(Collections.nCopies(100_000, 1), "x"))
                .hasSize(100_000);
        assertThatThrownBy(() -> type.readMany(Collections.nCopies(100_001, 1), "product.stock"))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(FailureCode.TOO_LARGE))
                .hasMessageContaining("product.stock")
                .hasMessageContaining("100001");
    }

    @Test
    void aFloatIsFinite() {
        assertThat(read(Scalar.FLOAT, 2)).isEqualTo(2.0);
        refused(Scalar.FLOAT, new BigDecimal("1e400"));
        refused(Scalar.FLOAT, Double.NaN);
        refused(Scalar.FLOAT, "1.5");
    }

    @Test
    void textHoldsNeitherNulNorHalfACharacter() {
        assertThat(read(Scalar.STRING, "naïve 🎈")).isEqualTo("naïve 🎈");
        refused(Scalar.STRING, "a\0b");
        refused(Scalar.STRING, "a\uD83C");
        refused(Scalar.STRING, 5);
    }

    @Test
    void aKeyTakesStringsAndNumbersOfBoundedLength() {
        ColumnType text = ColumnType.key(Scalar.ID);
        assertThat(text.read(5, "id")).isEqualTo("5");
        assertThat(ColumnType.key(Scalar.INT).read("5", "id")).isEqualTo(5);
        assertThatThrownBy(() -> text.read("", "id")).hasMessageContaining("empty");
        assertThatThrownBy(() -> text.read("x".repeat(10_000_000), "id"))
                .hasMessageContaining("255")
                .message()
                .hasSizeLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-01T12:00:00Z",
                "2026-03-01T13:00:00+01:00",
                "2026-03-01T13:00:00+0100",
                "2026-03-01T13:00:00+01",
                "2026-03-01T12:00Z",
                "2026-03-01 12:00:00",
                "2026-03-01T12:00:00.000"
            })
    void aMomentIsReadInUtc(String text) {
        assertThat(read(Scalar.DATE_TIME, text)).hasToString("2026-03-01T12:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "infinity",
                "2026-02-30",
                "2026-03-01T25:00:00Z",
                "12026-03-01T12:00:00Z",
                "now",
                "2026-03-01T23:59:60Z",
                "2026-02-30T00:00:00Z",
                "2026-03-0112:00:00",
                "2021-01-01T00:00:00ZZ",
                "2021-01-01T00:00:00+01:00Z",
                "2021-01-01T00:00:00+01+01",
                "2021-01-01T00:00:00.Z"
            })
    void refusesWhatIsNoMoment(String text) {
        refused(Scalar.DATE_TIME, text);
    }

    @Test
    void aUuidHasItsFiveGroups() {
        assertThat(read(Scalar.UUID, "018F3C5E-0000-7000-8000-000000000001"))
                .hasToString("018f3c5e-0000-7000-8000-000000000001");
        refused(Scalar.UUID, "018f3c5e00-00-7000-8000-000000000000");
        refused(Scalar.UUID, "0-0-0-0-0000000000000000000000000000");
    }

    @Test
    void aWrongValueOfAnyLengthIsShownCut() {
        for (int length : new int[] {59, 60, 61, 62, 1_000, 100_000}) {
            assertThatThrownBy(() -> read(Scalar.BIG_DECIMAL, "a".repeat(length)))
                    .isInstanceOf(Failure.class)
                    .message()
                    .hasSizeLessThan(200);
        }
    }

    @Test
    void aDayIsADay() {
        assertThat(read(Scalar.DATE, "2026-03-01")).isEqualTo(LocalDate.of(2026, 3, 1));
        refused(Scalar.DATE, "2026-03-01T00:00:00Z");
        refused(Scalar.DATE, "0000-01-01");
    }

    @Test
    void jsonIsAnythingWithoutNul() {
        assertThat(read(Scalar.JSON, Map.of("a", List.of(1, "x")))).isEqualTo("{\"a\":[1,\"x\"]}");
        refused(Scalar.JSON, Map.of("a", "b\0"));
        refused(Scalar.JSON, Map.of("a\0", 1));
    }

    @Test
    void anEnumNamesTheNearestValue() {
        ColumnType status = ColumnType.enumeration("Status", List.of("draft", "published"));
        assertThatThrownBy(() -> status.read("publishd", "product.status"))
                .hasMessage(
                        "product.status has no value 'publishd'; did you mean 'published'? known: draft, published");
    }

    @Test
    void aListIsWrittenAsAnArrayLiteral() {
        ColumnType list = ColumnType.of(Scalar.STRING).asList();
        assertThat(list.read(List.of("a\"b", "c\\d", "{e,f}"), "x")).isEqualTo("{\"a\\\"b\",\"c\\\\d\",\"{e,f}\"}");
        assertThatThrownBy(() -> list.read(Arrays.asList("a", null), "x")).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> list.read("a", "x")).hasMessageContaining("takes a list");
    }

    @ParameterizedTest
    @EnumSource(Scalar.class)
    void nothingTakesNull(Scalar scalar) {
        assertThatThrownBy(() -> ColumnType.of(scalar).read(null, "x")).isInstanceOf(Failure.class);
    }

    @Test
    void textOfAFileIsParsed() {
        assertThat(ColumnType.of(Scalar.INT).parse(" 7 ", "x")).isEqualTo(7);
        assertThat(ColumnType.of(Scalar.BOOLEAN).parse("0", "x")).isEqualTo(false);
        assertThat(ColumnType.of(Scalar.STRING).asList().parse("[\"a\"]", "x")).isEqualTo("{\"a\"}");
        assertThatThrownBy(() -> ColumnType.of(Scalar.INT).parse("1,5", "x")).hasMessageContaining("\"1,5\"");
    }
}
