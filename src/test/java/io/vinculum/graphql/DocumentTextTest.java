package io.vinculum.graphql;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentTextTest {
    private static final String DIGITS = "9".repeat(401);

    private static void refused(String text, FailureCode code) {
        assertThatThrownBy(() -> new DocumentText(text).check())
                .as(text.substring(0, Math.min(text.length(), 40)))
                .asInstanceOf(InstanceOfAssertFactories.type(Failure.class))
                .extracting(Failure::code)
                .isEqualTo(code);
    }

    @Test
    void numbersThatNoColumnHoldsAreRefused() {
        for (String number : new String[] {DIGITS, "-" + DIGITS, "0." + DIGITS, "1e99999", "1.5E-100000", "1e+00001"}) {
            refused("{ a(b: [1, " + number + "]) }", FailureCode.INVALID_DATA);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{", "(", "[(", "{not: "})
    void bracketsWithoutEndAreRefused(String open) {
        refused("query " + open.repeat(300), FailureCode.TOO_COMPLEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ a(b: \"%s\") }",
                "{ a(b: \"\\\"%s\") }",
                "{ a(b: \"\"\"x \" \\\"\"\" %s\"\"\", c: 1) }",
                "{ a # %s\n }",
                "{ a%s }",
                "{ _%s(b: -1.5e10, c: 1E-3) }",
                "{ a(b: \"%s"
            })
    void digitsInTextCommentsAndNamesAreNoNumbers(String form) {
        assertThatCode(() -> new DocumentText(String.format(form, DIGITS)).check())
                .doesNotThrowAnyException();
    }

    @Test
    void bracketsInTextAndCommentsCountForNothing() {
        String many = "[".repeat(300);
        assertThatCode(() -> new DocumentText("{ a(b: \"" + many + "\") # " + many + "\n }").check())
                .doesNotThrowAnyException();
    }

    @Test
    void bracketsOneAfterTheOtherAreFine() {
        assertThatCode(() -> new DocumentText("{ a(b: [1]) }".repeat(1_000)).check())
                .doesNotThrowAnyException();
    }
}
