package io.vinculum.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Section 9 of the contract: purge. */
class PurgeIT {
    private static final Duration DAYS = Duration.ofDays(30);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.with(Catalog.builder()
            .model(
                    "shop",
                    "Parent",
                    parent -> parent.field("id", "ID!")
                            .field("children", "[Child!]!", children -> children.mappedBy("parent"))
                            .field("tags", "[Tag!]!", tags -> tags.pivot("parent_tag")))
            .model("shop", "Child", child -> child.field("id", "ID!").field("parent", "Parent!"))
            .model("shop", "Note", note -> note.field("id", "ID!").field("parent", "Parent"))
            .model("shop", "Tag", tag -> tag.field("id", "ID!"))
            .model("other", "Owner", owner -> owner.field("id", "ID!"))
            .link("ParentOwner", link -> link.field("parents", "[Parent!]!").field("owner", "Owner"))
            .build());

    private static Map<String, Long> purge(String entity, Duration olderThan) {
        Optional<io.vinculum.catalog.Entity> target =
                Optional.of(entity).filter(name -> !name.isEmpty()).map(database.catalog()::entity);
        return TestDatabase.await(new Purge(database.database(), database.catalog()).run(target, olderThan));
    }

    private static long count(String table) {
        return database.rows("select count(*) from " + table).get(0).getLong(0);
    }

    private static void age() {
        for (String table : new String[] {"shop.parent", "shop.child", "shop.note", "link.parent_owner"}) {
            database.sql("update " + table + " set deleted_at = deleted_at - interval '40 days'");
        }
    }

    private static void softDelete(String id) {
        database.array(
                "module.shop.softDelete",
                new JsonObject().put("model", "parent").put("ids", new io.vertx.core.json.JsonArray().add(id)));
    }

    private static void family(String id) {
        database.sql("insert into shop.parent (id) values ('" + id
                + "'); insert into shop.child (id, parent_id) values ('c"
                + id + "', '" + id + "'); insert into shop.note (id, parent_id) values ('n" + id + "', '" + id
                + "'); insert into shop.tag (id) values ('t" + id + "'); insert into shop.parent_tag values ('" + id
                + "', 't" + id + "'); insert into link.parent_owner (parent_id, owner_id, id) values ('" + id
                + "', 'o', 'l" + id + "')");
    }

    @Test
    void whatWasDeletedLongAgoGoesWithItsLinksChildrenAndJournal() {
        database.sql("insert into other.owner (id) values ('o')");
        family("1");
        family("2");
        softDelete("1");
        assertThat(count("vinculum.removed")).isEqualTo(2);
        assertThat(purge("", DAYS)).isEmpty();
        age();

        assertThat(purge("", DAYS))
                .containsOnly(Map.entry("parent_owner", 1L), Map.entry("child", 1L), Map.entry("parent", 1L));
        assertThat(count("vinculum.removed")).isZero();
        assertThat(count("shop.parent")).isEqualTo(1);
        assertThat(count("shop.parent_tag")).isEqualTo(1);
        assertThat(count("shop.note where parent_id is null")).isEqualTo(1);
        assertThat(count("link.parent_owner")).isEqualTo(1);
    }

    @Test
    void aRecordThatALiveOneNeedsStays() {
        family("1");
        softDelete("1");
        database.sql("update shop.child set deleted_at = null");
        age();

        assertThat(purge("parent", DAYS)).isEmpty();
        database.sql("update shop.child set deleted_at = now() - interval '40 days'");
        assertThat(purge("parent", DAYS)).isEmpty();
        assertThat(purge("child", DAYS)).containsOnly(Map.entry("child", 1L));
        assertThat(purge("parent", DAYS)).containsEntry("parent", 1L);
    }

    @Test
    void manyRowsGoInBatches() {
        database.sql("insert into shop.parent (id, deleted_at) select n, now() - interval '40 days' "
                + "from generate_series(1, 2500) n; insert into shop.child (id, parent_id, deleted_at) select n, n, "
                + "now() - interval '40 days' from generate_series(1, 2500) n");

        assertThat(purge("", DAYS)).containsOnly(Map.entry("child", 2500L), Map.entry("parent", 2500L));
        assertThat(count("shop.parent")).isZero();
    }

    @Test
    void aLinkAloneMayBePurged() {
        database.sql(
                "insert into link.parent_owner (parent_id, owner_id, id, deleted_at) values ('a', 'b', 'l', now())");
        assertThat(purge("parent_owner", Duration.ZERO)).containsOnly(Map.entry("parent_owner", 1L));
        assertThatThrownBy(() -> purge("nothing", DAYS)).hasMessageContaining("nothing");
    }
}
