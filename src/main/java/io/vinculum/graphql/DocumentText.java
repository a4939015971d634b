package io.vinculum.graphql;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;

/**
 * Looks through the text of a document for what would be dear to parse: numbers of thousands of digits and brackets
 * inside brackets without end. It knows strings and comments, and leaves every error of syntax to the parser.
 */
final class DocumentText {
    private static final int MAX_NUMBER_LENGTH = 400;
    private static final int MAX_EXPONENT_LENGTH = 5;
    /** Deeper than any filter that passes the limits of a selection. */
    private static final int MAX_BRACKETS = 200;

    private final String text;
    private int at;
    private int brackets;

    DocumentText(String text) {
        this.text = text;
    }

    /**
     * Checks it.
     *
     * @throws Failure {@code INVALID_DATA} for a number that is too long, {@code TOO_COMPLEX} for too many brackets
     */
    void check() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                string();
            } else if (c == '#') {
                skipTo('\n');
            } else if (isDigit(c)) {
                number();
            } else if (isNamePart(c)) {
                name();
            } else {
                bracket(c);
                at++;
            }
        }
    }

    private void bracket(char c) {
        if (c == '{' || c == '[' || c == '(') {
            brackets++;
        } else if (c == '}' || c == ']' || c == ')') {
            brackets--;
        }
        if (brackets > MAX_BRACKETS) {
            throw new Failure(
                    FailureCode.TOO_COMPLEX,
                    "the document opens more than " + MAX_BRACKETS + " brackets inside others");
        }
    }

    private void string() {
        if (text.startsWith("\"\"\"", at)) {
            int end = text.indexOf("\"\"\"", at + 3);
            while (end > 0 && text.charAt(end - 1) == '\\') {
                end = text.indexOf("\"\"\"", end + 3);
            }
            at = end < 0 ? text.length() : end + 3;
            return;
        }
        at++;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
    }

    private void skipTo(char end) {
        int found = text.indexOf(end, at);
        at = found < 0 ? text.length() : found;
    }

    private void name() {
        while (at < text.length() && isNamePart(text.charAt(at))) {
            at++;
        }
    }

    private void number() {
        int start = at;
        int exponent = -1;
        while (at < text.length() && isNumberPart(text.charAt(at), exponent)) {
            if (text.charAt(at) == 'e' || text.charAt(at) == 'E') {
                exponent = at;
            }
            at++;
        }
        boolean tooLong = at - start > MAX_NUMBER_LENGTH;
        if (tooLong || (exponent >= 0 && at - exponent > MAX_EXPONENT_LENGTH)) {
            throw Failure.invalid("the number " + text.substring(start, Math.min(at, start + 20)) + "… has more than "
                    + MAX_NUMBER_LENGTH + " digits, or an exponent beyond 1000");
        }
    }

    private static boolean isNumberPart(char c, int exponent) {
        return isDigit(c) || c == '.' || (exponent < 0 ? c == 'e' || c == 'E' : c == '+' || c == '-');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNamePart(char c) {
        return c == '_' || isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
