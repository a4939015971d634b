package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The runs that this node looks after, and who waits for each. For one event loop. */
final class ActiveRuns {
    /** So many ids of ended runs are remembered: more than end while a page of runs is read. */
    private static final int RECENT = 50_000;

    private final Map<String, Active> active = new HashMap<>();
    private final Set<String> recentlyEnded = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > RECENT;
        }
    });

    /** A run under way, and who waits for it. */
    private static final class Active {
        private final Run run;
        private final Promise<Run> ended = Promise.promise();
        private final List<Promise<Run>> waiting = new ArrayList<>();
        private final List<Runnable> timers = new ArrayList<>();

        Active(Run run) {
            this.run = run;
        }
    }

    /** Takes a run; answers it when it has ended. */
    Future<Run> add(Run run) {
        Active one = new Active(run);
        recentlyEnded.remove(run.id());
        active.put(run.id(), one);
        return one.ended.future();
    }

    Optional<Run> find(String id) {
        return Optional.ofNullable(active.get(id)).map(one -> one.run);
    }

    List<Run> all() {
        return active.values().stream().map(one -> one.run).toList();
    }

    boolean has(Run run) {
        Active one = active.get(run.id());
        return one != null && one.run == run;
    }

    /** Whether a run is under way here, or has just ended: what was read of it before may be old. */
    boolean isKnown(String id) {
        return active.containsKey(id) || recentlyEnded.contains(id);
    }

    /** A timer that is called off when the run has ended or is somebody else's. */
    void keepTimer(Run run, Runnable cancel) {
        Active one = active.get(run.id());
        if (one != null && one.run == run) {
            one.timers.add(cancel);
        }
    }

    /** When a run will have ended, or is another node's. */
    Future<Run> end(Run run) {
        Active one = active.get(run.id());
        return one == null ? Future.failedFuture(lost()) : one.ended.future();
    }

    /** Waits until a run has ended, or goes on only when somebody else has done something. */
    Future<Run> settled(String id) {
        Active one = active.get(id);
        if (one == null) {
            return Future.failedFuture(lost());
        }
        if (one.run.waitsForOthers()) {
            return Future.succeededFuture(one.run);
        }
        Promise<Run> promise = Promise.promise();
        one.waiting.add(promise);
        return promise.future();
    }

    /** To be called when a run may have come to wait for somebody else. */
    void tellWhoWaits(Run run) {
        Active one = active.get(run.id());
        if (one != null && !one.waiting.isEmpty() && run.waitsForOthers()) {
            List<Promise<Run>> waiting = List.copyOf(one.waiting);
            one.waiting.clear();
            waiting.forEach(promise -> promise.complete(run));
        }
    }

    /** The run has ended. */
    void complete(Run run) {
        Active one = active.remove(run.id());
        if (one != null) {
            recentlyEnded.add(run.id());
            one.timers.forEach(Runnable::run);
            one.ended.complete(run);
            one.waiting.forEach(promise -> promise.complete(run));
        }
    }

    /** The run is somebody else's now. */
    void lose(Run run, Throwable cause) {
        Active one = active.get(run.id());
        if (one == null || one.run != run) {
            return;
        }
        active.remove(run.id());
        one.timers.forEach(Runnable::run);
        Failure failure = cause instanceof Failure known ? known : lost();
        one.ended.fail(failure);
        one.waiting.forEach(promise -> promise.fail(failure));
    }

    /** Goes on when something is written; else the run is somebody else's. */
    void whenWritten(Run run, Future<Void> writing, Runnable then) {
        writing.onSuccess(kept -> {
                    if (has(run)) {
                        then.run();
                    }
                })
                .onFailure(cause -> lose(run, cause));
    }

    /** Somebody else goes on with a run. */
    static Failure lost() {
        return new Failure(FailureCode.UNAVAILABLE, "another node goes on with the run; ask for it again");
    }
}
