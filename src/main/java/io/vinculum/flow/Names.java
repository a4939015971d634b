package io.vinculum.flow;

import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import java.util.regex.Pattern;

/** What workflows, steps and the other parts of a composition may be called. */
final class Names {
    private static final Pattern LEGAL = Pattern.compile("[\\p{Alnum}][\\p{Alnum} _.:-]{0,199}");

    private Names() {}

    static String checked(String what, String name) {
        if (!LEGAL.matcher(name).matches()) {
            throw Failure.invalid("a " + what + "'s name is letters, digits, spaces and -_.: (at most 200), was '"
                    + Nearest.shown(name) + "'");
        }
        return name;
    }
}
