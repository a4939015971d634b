package io.vinculum.write;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Model;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something to be written, read and checked against the catalog before anything is sent to the database. */
public sealed interface Write {

    <R> R accept(Visitor<R> visitor);

    /** What a write of records answers. */
    enum Answer {
        /** Whole rows. */
        ROWS,
        /** Their keys only, for callers that read what they want by themselves. */
        KEYS
    }

    /** How records are deleted. */
    enum Removing {
        /** Marked as deleted, with what hangs on them; a restore brings all of it back. */
        SOFT,
        /** Deleted for good, with what hangs on them; soft-deleted ones too. */
        HARD
    }

    /** Makes records of one model. */
    record CreateRecords(Model model, List<RecordInput> records, Answer answer) implements Write {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.create(this);
        }
    }

    /** Updates the given fields of records of one model. */
    record UpdateRecords(Model model, List<RecordInput> records, Answer answer) implements Write {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.update(this);
        }
    }

    /** Deletes records of one model; keys that are not there are ignored. */
    record RemoveRecords(Model model, List<Object> keys, Removing how) implements Write {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.remove(this);
        }
    }

    /** Brings soft-deleted records of one model back, with what their deletion took. */
    record RestoreRecords(Model model, List<Object> keys) implements Write {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.restore(this);
        }
    }

    /** Makes, updates or revives links. */
    record CreateLinks(List<LinkInput> links) implements Write {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.createLinks(this);
        }
    }

    /** Removes links; pairs that are not linked are ignored. */
    record DismissLinks(List<LinkInput> links) implements Write {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dismissLinks(this);
        }
    }

    /** Soft-deletes what hangs on records that were deleted; the records themselves are never touched. */
    record DeleteLinked(Map<Model, List<Object>> records) implements Write {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.deleteLinked(this);
        }
    }

    /** Brings back what {@link DeleteLinked} of the same records removed. */
    record RestoreLinked(Map<Model, List<Object>> records) implements Write {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.restoreLinked(this);
        }
    }

    /** One method for each kind: a new kind does not compile until every reader handles it. */
    interface Visitor<R> {
        R create(CreateRecords write);

        R update(UpdateRecords write);

        R remove(RemoveRecords write);

        R restore(RestoreRecords write);

        R createLinks(CreateLinks write);

        R dismissLinks(DismissLinks write);

        R deleteLinked(DeleteLinked write);

        R restoreLinked(RestoreLinked write);
    }

    /**
     * Reads records to make; defaults and keys are filled in.
     *
     * @throws Failure {@code INVALID_DATA} that names the record, the field, the value and what would be right
     */
    static Write create(Model model, List<?> records, Answer answer) {
        return new CreateRecords(local(model), RecordInput.forCreate(model, records), answer);
    }

    /** Reads records to update, each with its key. */
    static Write update(Model model, List<?> records, Answer answer) {
        return new UpdateRecords(local(model), RecordInput.forUpdate(model, records), answer);
    }

    /** Reads keys of records to delete. */
    static Write remove(Model model, List<?> keys, Removing how) {
        return new RemoveRecords(local(model), RecordInput.keys(model, keys), how);
    }

    /** Reads keys of records to restore. */
    static Write restore(Model model, List<?> keys) {
        return new RestoreRecords(local(model), RecordInput.keys(model, keys));
    }

    /** Reads one link or many to make. */
    static Write createLinks(Catalog catalog, @Nullable Object links) {
        return new CreateLinks(LinkInput.pairs(catalog, links));
    }

    /** Reads one link or many to dismiss. */
    static Write dismissLinks(Catalog catalog, @Nullable Object links) {
        return new DismissLinks(LinkInput.pairs(catalog, links));
    }

    /** Reads records, as {@code {"product": {"product_id": ["prod_1"]}}}, whose links go. */
    static Write deleteLinked(Catalog catalog, @Nullable Object of) {
        return new DeleteLinked(RecordKeys.read(catalog, of));
    }

    /** Reads records, as {@code {"product": {"product_id": ["prod_1"]}}}, whose links come back. */
    static Write restoreLinked(Catalog catalog, @Nullable Object of) {
        return new RestoreLinked(RecordKeys.read(catalog, of));
    }

    private static Model local(Model model) {
        if (model.remote()) {
            throw new Failure(
                    FailureCode.NOT_ALLOWED, model.name() + " is not in this database, its module keeps its rows");
        }
        return model;
    }
}
