package io.vinculum.flow;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/** When runs of a workflow are started by themselves: once in the cluster for each time, on PostgreSQL's clock. */
public final class Schedule {
    private static final CronParser CRON = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private final Next next;
    private final JsonObject input;

    @FunctionalInterface
    private interface Next {
        Optional<Instant> after(Instant time);
    }

    private Schedule(Next next, JsonObject input) {
        this.next = next;
        this.input = input;
    }

    /**
     * As a crontab says, in UTC: minute, hour, day of month, month, day of week.
     *
     * @throws Failure {@code INVALID_DATA} when it is none
     */
    public static Schedule cron(String expression, JsonObject input) {
        try {
            ExecutionTime times = ExecutionTime.forCron(CRON.parse(expression));
            return new Schedule(
                    time -> times.nextExecution(time.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toInstant), input);
        } catch (IllegalArgumentException e) {
            throw Failure.invalid("'" + expression
                    + "' is no schedule; it takes minute, hour, day of month, month and day of week, as '0 6 * * 1-5': "
                    + e.getMessage());
        }
    }

    /** At every multiple of an interval since 1970, a second at least. */
    public static Schedule every(Duration interval, JsonObject input) {
        long millis = interval.toMillis();
        if (millis < 1_000) {
            throw Failure.invalid("a schedule's interval is a second at least, was " + interval);
        }
        return new Schedule(
                time -> Optional.of(Instant.ofEpochMilli((time.toEpochMilli() / millis + 1) * millis)), input);
    }

    /** What the runs are started with. */
    public JsonObject input() {
        return input;
    }

    /** The first time after another one; empty when there is none. */
    public Optional<Instant> next(Instant after) {
        return next.after(after);
    }
}
