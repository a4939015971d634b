package io.vinculum.run;

import io.vinculum.failure.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names one attempt of one step of one run, for a caller that ends it from outside:
 * {@code <workflow>/<transaction>#<step>[<item>]@<try>}.
 *
 * @param item which element of a list, -1 where there is none
 * @param attempt which attempt, 0 for the one in flight
 */
public record StepKey(String workflow, String transactionId, String step, int item, int attempt) {
    private static final Pattern FORM = Pattern.compile(
            "(?<workflow>[^/]+)/(?<transaction>.+)#(?<step>[^#\\[]+)(\\[(?<item>\\d{1,9})])?@(?<attempt>\\d{1,9})");

    public static StepKey of(Run run, Position position, int attempt) {
        RunKey key = RunKey.of(run);
        return new StepKey(key.workflow(), key.transactionId(), run.nameAt(position), position.item(), attempt);
    }

    public static StepKey parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw Failure.invalid("'" + text + "' is not the key of a step; the step's context gives it as key()");
        }
        return new StepKey(
                form.group("workflow"),
                form.group("transaction"),
                form.group("step"),
                form.group("item") == null ? -1 : Integer.parseInt(form.group("item")),
                Integer.parseInt(form.group("attempt")));
    }

    @Override
    public String toString() {
        return workflow + "/" + transactionId + "#" + step + (item < 0 ? "" : "[" + item + "]") + "@" + attempt;
    }
}
