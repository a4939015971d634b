package io.vinculum.failure;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
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
        String nearest = null;
        int fewest = Integer.MAX_VALUE;
        for (String name : known) {
            int most = Math.min(fewest, Math.max(2, name.length() / 3));
            // Every edit changes the length by one at most, so most names need no comparison.
            if (name.length() > 2 * LONGEST_COMPARED || Math.abs(name.length() - probe.length()) > most) {
                continue;
            }
            int edits = distance(probe, name.toLowerCase(Locale.ROOT), most);
            boolean nearer = edits < fewest || (nearest != null && edits == fewest && name.compareTo(nearest) < 0);
            if (edits <= most && nearer) {
                nearest = name;
                fewest = edits;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** A sentence's end: {@code "; did you mean 'color'? It has: ..."}, naming what would have been right. */
    public static String hint(String given, Collection<String> known) {
        String near =
                to(given, known).map(name -> "; did you mean '" + name + "'?").orElse(";");
        List<String> some = first(known);
        String more = known.size() > MOST_LISTED ? ", …" : "";
        return near + " known: " + (some.isEmpty() ? "none" : String.join(", ", some) + more);
    }

    /** The first dozen in their order; thousands of names are not sorted for it. */
    private static List<String> first(Collection<String> known) {
        TreeSet<String> first = new TreeSet<>();
        for (String name : known) {
            if (first.size() < MOST_LISTED) {
                first.add(name);
            } else if (name.compareTo(first.last()) < 0 && first.add(name)) {
                first.pollLast();
            }
        }
        return List.copyOf(first);
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

    /** How many edits make one of the other; anything above {@code most} when it is more. */
    private static int distance(String a, String b, int most) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            int least = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
                least = Math.min(least, current[j]);
            }
            if (least > most) {
                return least;
            }
            int[] swapped = previous;
            previous = current;
            current = swapped;
        }
        return previous[b.length()];
    }
}
