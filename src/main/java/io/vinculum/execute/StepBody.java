package io.vinculum.execute;

import io.vinculum.flow.Codec;
import io.vinculum.flow.Coded;
import io.vinculum.flow.Step;
import io.vinculum.flow.Value;
import io.vinculum.run.Evaluated;
import io.vinculum.run.Evaluation;
import org.jspecify.annotations.Nullable;

/**
 * One hand-over to a thread where the author's code may block: makes what the step is given, runs its body, codes its
 * answer, and evaluates the functions that are ready by it.
 *
 * @param given what makes its input; null where that is known
 * @param evaluation what the run knew; null where no function has to be evaluated
 * @param follows the node whose end may make functions ready; -1 where none can
 */
record StepBody(
        Step<?, ?> step,
        AttemptContext context,
        @Nullable Value<?> given,
        @Nullable Object input,
        @Nullable Evaluation evaluation,
        int follows)
        implements StepAttempt.Body {

    /** What came of it. */
    record Answer(Coded output, Coded undoData, Evaluated evaluated) {}

    /** A function that makes the input of a step has failed, so the step was not begun. */
    static final class FunctionFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final RuntimeException reason;

        FunctionFailed(RuntimeException reason) {
            super(reason);
            this.reason = reason;
        }

        RuntimeException reason() {
            return reason;
        }
    }

    @Override
    public Answer run(StepAttempt attempt) throws Exception {
        Object in = made();
        context.given(in);
        attempt.begin(given != null);
        Object out = step.run(in, context);
        attempt.bodyEnded();
        if (step.isAsync()) {
            return new Answer(Coded.NONE, context.codedUndoData(), Evaluated.NOTHING);
        }
        Coded output = Codec.coded(out, step.output(), "what the step '" + context.step() + "' answers");
        Coded undoData = context.codedUndoData();
        if (undoData.value() == null && step.undoesWithAnswer()) {
            undoData = output;
        }
        return new Answer(output, undoData, evaluated(output));
    }

    private @Nullable Object made() {
        if (given == null || evaluation == null) {
            return input;
        }
        return given(evaluation, given);
    }

    static @Nullable Object given(Evaluation evaluation, Value<?> given) {
        try {
            return evaluation.given(given);
        } catch (RuntimeException thrown) {
            throw new FunctionFailed(thrown);
        }
    }

    private Evaluated evaluated(Coded output) {
        if (evaluation == null || follows < 0) {
            return Evaluated.NOTHING;
        }
        try {
            evaluation.settle(follows, output.value());
            return evaluation.hasWork() ? evaluation.evaluate() : Evaluated.NOTHING;
        } catch (RuntimeException thrown) {
            // The result counts; the function is called again by itself, and then its failure counts.
            return Evaluated.NOTHING;
        }
    }
}
