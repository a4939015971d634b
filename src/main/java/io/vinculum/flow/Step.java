package io.vinculum.flow;

import com.fasterxml.jackson.databind.JavaType;
import io.vertx.core.Future;
import io.vinculum.database.Session;
import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One unit of work with its undo. A body runs at least once, its result is recorded once; so a body that has an effect
 * elsewhere gives that side {@link StepContext#idempotencyKey()}, or is {@link #transactional}.
 *
 * @param <I> what it takes
 * @param <O> what it answers
 */
public final class Step<I, O> {
    /** Somebody outside takes his time. */
    private static final Duration OUTSIDE = Duration.ofDays(7);

    private final String name;
    private final JavaType output;
    private final Work<I, O> work;
    private final Optional<Compensation<?>> undo;
    private final StepOptions options;

    /** What a step does; may block. */
    @FunctionalInterface
    public interface Body<I, O> {
        O run(I input, StepContext context) throws Exception;
    }

    /** What a step does without blocking. */
    @FunctionalInterface
    public interface FutureBody<I, O> {
        Future<O> run(I input, StepContext context);
    }

    /** What a step does in the transaction that keeps its result; must not block. */
    @FunctionalInterface
    public interface TransactionalBody<I, O> {
        Future<O> run(I input, Session session, StepContext context);
    }

    /** What a step begins that somebody else ends; may block. */
    @FunctionalInterface
    public interface Beginning<I> {
        void run(I input, StepContext context) throws Exception;
    }

    /** How a step is undone, with the data that its body chose. */
    @FunctionalInterface
    public interface Undo<C> {
        void run(C data, StepContext context) throws Exception;
    }

    /** An undo and the type of its data. */
    public record Compensation<C>(JavaType data, Undo<C> undo) {
        @SuppressWarnings({"unchecked", "NullAway"
        }) // the data that the body gave; one that answers nothing gives nothing
        public void run(@Nullable Object given, StepContext context) throws Exception {
            undo.run((C) given, context);
        }
    }

    /** The three kinds of work. */
    private record Work<I, O>(
            @Nullable Body<I, O> body, @Nullable TransactionalBody<I, O> transactional, boolean async) {}

    private Step(String name, JavaType output, Work<I, O> work, Optional<Compensation<?>> undo, StepOptions options) {
        this.name = Names.checked("step", name);
        this.output = output;
        this.work = work;
        this.undo = undo;
        this.options = options;
    }

    private static <I, O> Step<I, O> made(String name, JavaType output, Work<I, O> work) {
        return new Step<>(name, output, work, Optional.empty(), StepOptions.DEFAULT);
    }

    /** A step whose body may block; it runs on a thread of its own. */
    public static <I, O> Step<I, O> of(String name, Class<O> output, Body<I, O> body) {
        return made(name, Codec.type(output), new Work<>(body, null, false));
    }

    /** The same for one that answers a list. */
    public static <I, E> Step<I, List<E>> ofList(String name, Class<E> element, Body<I, List<E>> body) {
        return made(name, Codec.listOf(element), new Work<>(body, null, false));
    }

    /** A step that answers a future; its body still starts on a thread where it may block. */
    public static <I, O> Step<I, O> ofFuture(String name, Class<O> output, FutureBody<I, O> body) {
        return of(name, output, (input, context) -> body.run(input, context).await());
    }

    /**
     * A step whose writes are committed together with its result, so both are there or none: its effect happens once.
     * Only for what is in the coordinator's own database.
     */
    public static <I, O> Step<I, O> transactional(String name, Class<O> output, TransactionalBody<I, O> body) {
        return made(name, Codec.type(output), new Work<>(null, body, false));
    }

    /**
     * A step whose writes are committed together with its result where its run is kept; where it is not, another body
     * does the same.
     */
    public static <I, O> Step<I, O> transactional(
            String name, Class<O> output, TransactionalBody<I, O> body, Body<I, O> notKept) {
        return made(name, Codec.type(output), new Work<>(notKept, body, false));
    }

    /**
     * A step that somebody else ends, by {@code workflow.step.success} or {@code workflow.step.failure} with
     * {@link StepContext#key()}; the body only starts it. Its time-out, a week by default, is for the answer.
     */
    public static <I, O> Step<I, O> async(String name, Class<O> output, Beginning<I> beginning) {
        @SuppressWarnings("NullAway") // the answer comes from elsewhere
        Body<I, O> body = (input, context) -> {
            beginning.run(input, context);
            return null;
        };
        return made(name, Codec.type(output), new Work<>(body, null, true))
                .with(StepOptions.DEFAULT.withTimeout(OUTSIDE));
    }

    /** The same, undone with what it answered, or with what it gave {@link StepContext#undoWith}. */
    public Step<I, O> compensate(Undo<O> how) {
        return undone(output, how);
    }

    /** The same, undone with what its body gave {@link StepContext#undoWith} or {@link StepContext#prepare}. */
    public <C> Step<I, O> compensate(Class<C> data, Undo<C> how) {
        return undone(Codec.type(data), how);
    }

    private <C> Step<I, O> undone(JavaType data, Undo<C> how) {
        if (undo.isPresent()) {
            throw Failure.invalid("the step '" + name + "' has its compensation already");
        }
        return new Step<>(name, output, work, Optional.of(new Compensation<>(data, how)), options);
    }

    /** The same under another name, for a second use in one workflow. */
    public Step<I, O> named(String other) {
        return new Step<>(other, output, work, undo, options);
    }

    public Step<I, O> with(StepOptions other) {
        return new Step<>(name, output, work, undo, other);
    }

    /** Short for one option: tries again so many times after a failure that may pass. */
    public Step<I, O> retries(int times, Duration delay) {
        return with(options.withRetries(times, delay));
    }

    public String name() {
        return name;
    }

    public StepOptions options() {
        return options;
    }

    public boolean isAsync() {
        return work.async();
    }

    /** Whether it writes in the transaction of its result, in a run that is kept or one that is not. */
    public boolean isTransactional(boolean kept) {
        return work.transactional() != null && (kept || work.body() == null);
    }

    public JavaType output() {
        return output;
    }

    /** Whether its compensation may be given what its body answers. */
    public boolean undoesWithAnswer() {
        return undo.filter(how -> how.data().getRawClass().isAssignableFrom(output.getRawClass()))
                .isPresent();
    }

    public Optional<Compensation<?>> undo() {
        return undo;
    }

    /** Runs the body of a step that is not transactional. */
    @Nullable
    @SuppressWarnings({"unchecked", "NullAway"}) // the composition's own types; a value of an untaken branch is null
    public Object run(@Nullable Object input, StepContext context) throws Exception {
        return work.body().run((I) input, context);
    }

    /** Runs the body of a transactional step. */
    @SuppressWarnings({"unchecked", "NullAway"}) // the composition's own types; a value of an untaken branch is null
    public Future<@Nullable Object> run(@Nullable Object input, Session session, StepContext context) {
        return work.transactional().run((I) input, session, context).map(value -> value);
    }
}
