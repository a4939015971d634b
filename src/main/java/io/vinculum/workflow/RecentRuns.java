package io.vinculum.workflow;

import io.vinculum.run.Run;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The last thousand runs that ended here and are not durable. For one event loop. */
final class RecentRuns {
    private static final int MOST = 1_000;

    private final Map<String, Run> runs = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Run> eldest) {
            return size() > MOST;
        }
    };

    void keep(Run run) {
        if (!run.isDurable()) {
            runs.put(run.id(), run);
        }
    }

    void remove(Run run) {
        runs.remove(run.id());
    }

    Optional<Run> find(String id) {
        return Optional.ofNullable(runs.get(id));
    }
}
