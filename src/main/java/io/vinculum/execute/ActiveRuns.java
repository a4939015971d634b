package io.vinculum.execute;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vinculum.failure.Failure;
import io.vinculum.run.Run;
import io.vinculum.run.RunFailures;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The runs that this node drives, and the callers that wait for each. For one event loop. */
public final class ActiveRuns {
    /** So many ids of ended runs are kept: more than end while a page of runs is read. */
    private static final int RECENT = 50_000;

    private final Map<String, Active> active = new HashMap<>();
    private final Set<String> recentlyEnded = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > RECENT;
        }
    });

    /** A run, and the callers that wait for it. */
    private static final class Active {
        private final Run run;
        private final Promise<Run> ended = Promise.promise();
        private final List<Promise<Run>> waiters = new ArrayList<>();
        private final List<Runnable> timers = new ArrayList<>();
        private final Set<StepAttempt> bodies = new HashSet<>();

        Active(Run run) {
            this.run = run;
        }
    }

    /** Adds a run; answers it when it has ended. */
    public Future<Run> add(Run run) {
        Active one = new Active(run);
        recentlyEnded.remove(run.id());
        active.put(run.id(), one);
        return one.ended.future();
    }

    public Optional<Run> find(String id) {
        return Optional.ofNullable(active.get(id)).map(one -> one.run);
    }

    public List<Run> all() {
        return active.values().stream().map(one -> one.run).toList();
    }

    public boolean has(Run run) {
        Active one = active.get(run.id());
        return one != null && one.run == run;
    }

    /** Whether a run is active here, or has just ended: what was read of it before may be outdated. */
    public boolean isKnown(String id) {
        return active.containsKey(id) || recentlyEnded.contains(id);
    }

    /** A run that is not active here was ended in the ledger. */
    public void markEnded(String id) {
        recentlyEnded.add(id);
    }

    /** A timer that is cancelled when the run has ended or is lost. */
    void keepTimer(Run run, Runnable cancel) {
        Active one = active.get(run.id());
        if (one != null && one.run == run) {
            one.timers.add(cancel);
        }
    }

    /** A body of the run is in flight. */
    void addBody(Run run, StepAttempt body) {
        Active one = active.get(run.id());
        if (one != null && one.run == run) {
            one.bodies.add(body);
        }
    }

    void removeBody(Run run, StepAttempt body) {
        Active one = active.get(run.id());
        if (one != null) {
            one.bodies.remove(body);
        }
    }

    /** Interrupts the bodies of a run that are in flight. */
    void interrupt(Run run, Failure why) {
        Active one = active.get(run.id());
        if (one != null && one.run == run) {
            one.bodies.forEach(body -> body.interrupt(why));
        }
    }

    /** Completes when a run has ended; fails when it is lost. */
    public Future<Run> end(Run run) {
        Active one = active.get(run.id());
        return one == null ? Future.failedFuture(RunFailures.ownerChanged()) : one.ended.future();
    }

    /** Completes when a run has ended, or continues only after a command or an answer from outside. */
    public Future<Run> settled(String id) {
        Active one = active.get(id);
        if (one == null) {
            return Future.failedFuture(RunFailures.ownerChanged());
        }
        if (one.run.waitsForOthers()) {
            return Future.succeededFuture(one.run);
        }
        Promise<Run> promise = Promise.promise();
        one.waiters.add(promise);
        return promise.future();
    }

    /** Call it when a run may have come to wait for something outside. */
    void notifyWaiters(Run run) {
        Active one = active.get(run.id());
        if (one != null && !one.waiters.isEmpty() && run.waitsForOthers()) {
            List<Promise<Run>> waiters = List.copyOf(one.waiters);
            one.waiters.clear();
            waiters.forEach(waiter -> waiter.complete(run));
        }
    }

    /** The run has ended. */
    void complete(Run run) {
        Active one = active.remove(run.id());
        if (one != null) {
            recentlyEnded.add(run.id());
            one.timers.forEach(Runnable::run);
            one.ended.complete(run);
            one.waiters.forEach(waiter -> waiter.complete(run));
        }
    }

    /** This node has lost the run. */
    void lose(Run run, Throwable cause) {
        Active one = active.get(run.id());
        if (one == null || one.run != run) {
            return;
        }
        active.remove(run.id());
        one.timers.forEach(Runnable::run);
        Failure failure = cause instanceof Failure known ? known : RunFailures.ownerChanged();
        one.bodies.forEach(body -> body.interrupt(failure));
        one.ended.fail(failure);
        one.waiters.forEach(waiter -> waiter.fail(failure));
    }

    /** Continues when something is written; a failure means that this node has lost the run. */
    void whenWritten(Run run, Future<Void> writing, Runnable then) {
        writing.onSuccess(kept -> {
                    if (has(run)) {
                        then.run();
                    }
                })
                .onFailure(cause -> lose(run, cause));
    }
}
