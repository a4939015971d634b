package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One unit of work with its undo. A body runs at least once, its result is recorded once; so a body that has an effect
 * elsewhere gives that side {@link StepContext#idempotencyKey()}.
 *
 * @param <I> what it takes
 * @param <O> what it answers
 */
public final class Step<I, O> {
    private final String name;
    private final Class<O> output;
    private final Body<I, O> body;
    private final Optional<Undoing<?>> undo;
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

    /** How a step is undone, with the data that its body chose. */
    @FunctionalInterface
    public interface Undo<C> {
        void run(C data, StepContext context) throws Exception;
    }

    /** An undo and the type of its data. */
    record Undoing<C>(Class<C> data, Undo<C> undo) {
        @SuppressWarnings("NullAway") // a body that answers nothing is undone with nothing
        void run(@Nullable Object given, StepContext context) throws Exception {
            undo.run(data.cast(given), context);
        }
    }

    private Step(String name, Class<O> output, Body<I, O> body, Optional<Undoing<?>> undo, StepOptions options) {
        this.name = Names.checked("step", name);
        this.output = output;
        this.body = body;
        this.undo = undo;
        this.options = options;
    }

    /** A step whose body may block; it runs on a thread of its own. */
    public static <I, O> Step<I, O> of(String name, Class<O> output, Body<I, O> body) {
        return new Step<>(name, output, body, Optional.empty(), StepOptions.DEFAULT);
    }

    /** A step that answers a future; its body still starts on a thread where it may block. */
    public static <I, O> Step<I, O> ofFuture(String name, Class<O> output, FutureBody<I, O> body) {
        return of(name, output, (input, context) -> body.run(input, context).await());
    }

    /** The same, undone with what it answered, or with what it gave {@link StepContext#undoWith}. */
    public Step<I, O> compensate(Undo<O> undo) {
        return compensate(output, undo);
    }

    /** The same, undone with what its body gave {@link StepContext#undoWith}. */
    public <C> Step<I, O> compensate(Class<C> data, Undo<C> undo) {
        if (this.undo.isPresent()) {
            throw Failure.invalid("the step '" + name + "' has its compensation already");
        }
        return new Step<>(name, output, body, Optional.of(new Undoing<>(data, undo)), options);
    }

    /** The same under another name, for a second use in one workflow. */
    public Step<I, O> named(String other) {
        return new Step<>(other, output, body, undo, options);
    }

    public Step<I, O> with(StepOptions other) {
        return new Step<>(name, output, body, undo, other);
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

    Class<O> output() {
        return output;
    }

    Optional<Undoing<?>> undo() {
        return undo;
    }

    @Nullable
    @SuppressWarnings({"unchecked", "NullAway"}) // the composition's own types; a value of an untaken branch is null
    Object run(@Nullable Object input, StepContext context) throws Exception {
        return body.run((I) input, context);
    }
}
