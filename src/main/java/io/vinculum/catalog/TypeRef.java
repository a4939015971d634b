package io.vinculum.catalog;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A field's type as declared: {@code [Product!]!}. */
public record TypeRef(String name, boolean list, boolean required, boolean elementRequired) {
    private static final Pattern LIST = Pattern.compile("\\[(\\w+)(!?)](!?)");
    private static final Pattern SINGLE = Pattern.compile("(\\w+)(!?)");

    static TypeRef parse(String text) {
        Matcher list = LIST.matcher(text);
        if (list.matches()) {
            return new TypeRef(
                    list.group(1),
                    true,
                    !list.group(3).isEmpty(),
                    !list.group(2).isEmpty());
        }
        Matcher single = SINGLE.matcher(text);
        if (single.matches()) {
            return new TypeRef(single.group(1), false, !single.group(2).isEmpty(), false);
        }
        throw new IllegalArgumentException("not a type: " + text + "; like String!, [String!]! or Brand");
    }
}
