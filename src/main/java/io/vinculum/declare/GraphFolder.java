package io.vinculum.declare;

import io.vinculum.catalog.Catalog;
import io.vinculum.failure.Failure;
import java.nio.file.Path;

/** A folder that declares a graph: {@code modules/*.graphqls} and {@code links/*.graphqls}. */
public final class GraphFolder {
    private GraphFolder() {}

    /**
     * Reads the catalog that a folder declares.
     *
     * @throws Failure {@code INVALID_DATA} with every error of the folder, one a line
     */
    public static Catalog read(Path folder) {
        return new SdlReader().read(folder);
    }
}
