package io.vinculum.catalog;

/** Where something was declared; errors begin with it. */
public record Place(String file, int line) {
    /** For what was declared in Java. */
    static final Place JAVA = new Place("Catalog.builder()", 0);

    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line;
    }
}
