package io.vinculum.json;

import java.math.BigDecimal;

/**
 * Turns the text of a number into a number. Arithmetic on a million digits takes seconds, so digits and exponent are
 * bounded before there is any.
 */
public final class Decimals {
    /** PostgreSQL keeps 131 072 digits; a number written with more than this is an attack, not an amount. */
    public static final int MAX_DIGITS = 1_000;

    private static final int MAX_EXPONENT = 1_000;
    /** Sign, point, and an exponent. */
    private static final int MAX_LENGTH = MAX_DIGITS + 10;

    private Decimals() {}

    /**
     * Reads a decimal number.
     *
     * @throws NumberFormatException when it is none, or longer than any amount
     */
    public static BigDecimal parse(String text) {
        if (text.length() > MAX_LENGTH || exponentIsTooLarge(text)) {
            throw new NumberFormatException("too many digits");
        }
        BigDecimal value = new BigDecimal(text);
        if (!isBounded(value)) {
            throw new NumberFormatException("too many digits");
        }
        return value;
    }

    /** Whether arithmetic on it, and writing it out, is cheap. */
    public static boolean isBounded(BigDecimal value) {
        // The unscaled value's length in bits first: counting decimal digits is itself arithmetic.
        return value.unscaledValue().bitLength() <= MAX_DIGITS * 4
                && value.precision() <= MAX_DIGITS
                && Math.abs((long) value.scale()) <= MAX_EXPONENT;
    }

    private static boolean exponentIsTooLarge(String text) {
        int at = Math.max(text.lastIndexOf('e'), text.lastIndexOf('E'));
        if (at < 0) {
            return false;
        }
        int digits = 0;
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (digits > 0 || (c != '0' && c != '+' && c != '-')) {
                digits++;
            }
        }
        return digits > 4;
    }
}
