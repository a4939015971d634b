package io.vinculum.execute;

import io.vinculum.run.Evaluated;
import io.vinculum.run.Evaluation;
import io.vinculum.run.Run;
import org.jspecify.annotations.Nullable;

/** Evaluates functions of the author that no body before them has evaluated, and writes what they made. */
final class Functions {
    private final StepExecutor executor;
    private final Journal journal;
    private final ActiveRuns active;
    private final RunLoop loop;

    Functions(StepExecutor executor, Journal journal, ActiveRuns active, RunLoop loop) {
        this.executor = executor;
        this.journal = journal;
        this.active = active;
        this.loop = loop;
    }

    void evaluate(Run run) {
        if (run.isEvaluating()) {
            return;
        }
        run.setEvaluating(true);
        Evaluation evaluation = run.evaluation();
        executor.evaluate(run, attempt -> evaluation.evaluate())
                .onSuccess(made -> evaluated(run, made))
                .onFailure(cause -> {
                    run.setEvaluating(false);
                    loop.compensate(run, StepFailures.visible(cause));
                });
    }

    private void evaluated(Run run, @Nullable Object made) {
        run.setEvaluating(false);
        String kept = made instanceof Evaluated evaluated ? run.take(evaluated) : null;
        if (kept == null) {
            loop.advance(run);
            return;
        }
        run.holdForWriting();
        active.whenWritten(run, journal.evaluated(run, kept), () -> {
            run.written();
            loop.advance(run);
        });
    }
}
