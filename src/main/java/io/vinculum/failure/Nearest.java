package io.vinculum.failure;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds the name that somebody probably meant. */
public final class Nearest {
    private static final int LONGEST_COMPARED = 64;
    private static final int MOST_LISTED = 12;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private Nearest() {}

    /** The known name with the fewest edits to the given one; empty when none is near. */
    public static Optional<String> to(String given, Collection<String> known) {
        String probe = shown(given).toLowerCase(Locale.ROOT);
        return known.stream()
                .min(Comparator.<String>comparingInt(name -> distance(probe, name.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(name -> distance(probe, name.toLowerCase(Locale.ROOT)) <= Math.max(2, name.length() / 3));
    }

    /** A sentence's end: {@code "; did you mean 'color'? It has: ..."}, naming what would have been right. */
    public static String hint(String given, Collection<String> known) {
        String near =
                to(given, known).map(name -> "; did you mean '" + name + "'?").orElse(";");
        List<String> some = known.stream().sorted().limit(MOST_LISTED).toList();
        String more = known.size() > MOST_LISTED ? ", …" : "";
        return near + " known: " + (some.isEmpty() ? "none" : String.join(", ", some) + more);
    }

    /** Names as a message may list them: the first dozen, and how many more there are. */
    public static String some(Collection<String> names) {
        String listed = String.join(
                ", ", names.stream().limit(MOST_LISTED).map(Nearest::shown).toList());
        return names.size() <= MOST_LISTED ? listed : listed + " and " + (names.size() - MOST_LISTED) + " more";
    }

    /** A name as it may be shown in a message: cut when it is long, without control characters. */
    public static String shown(String given) {
        String cut = given.length() <= LONGEST_COMPARED ? given : given.substring(0, LONGEST_COMPARED) + "…";
        return CONTROL.matcher(cut).replaceAll("?");
    }

    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
