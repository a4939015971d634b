package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.selection.QueryLimits;
import io.vinculum.testing.Generators;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No answer grows past its limits, whatever is asked: rows count every time they are shown. */
class BoundedAnswersIT {
    private static final long MEBI = 1 << 20;

    @RegisterExtension
    static final TestDatabase music = TestDatabase.with(Catalog.builder()
            .model(
                    "music",
                    "Genre",
                    genre -> genre.field("id", "Int!").field("name", "String!").field("text", "String"))
            .model("music", "Track", track -> track.field("id", "Int!").field("title", "String!"))
            .model("music", "Note", note -> note.field("id", "Int!").field("text", "String!"))
            .link("GenreTrack", link -> link.field("genre", "Genre").field("tracks", "[Track!]!"))
            .link("TrackNote", link -> link.field("tracks", "[Track!]!").field("notes", "[Note!]!"))
            .build());

    @BeforeEach
    void fill() {
        music.sql("insert into music.genre (id, name) select i, 'genre ' || i from generate_series(1, 25) i; "
                + "insert into music.track (id, title) select i, 'track ' || i from generate_series(1, 3503) i; "
                + "insert into link.genre_track (genre_id, track_id, id) select 1 + i % 25, i, 'l' || i from "
                + "generate_series(1, 3503) i; "
                + "insert into music.note (id, text) select i, 'note ' || i from generate_series(1, 9) i; "
                + "insert into link.track_note (track_id, note_id, id) select t, n, 'l' || t || '-' || n from "
                + "generate_series(1, 40) t, generate_series(1, 9) n where (t + n) % 4 = 0; analyze");
    }

    private static JsonObject graph(Query query, String request) {
        return TestDatabase.await(query.graph(new JsonObject(request)));
    }

    private static Query limited(int rows, long answerBytes) {
        QueryLimits limits =
                new QueryLimits(10, 500, 500, 10_000, rows, answerBytes, 256 * MEBI, 8 * MEBI, Duration.ofSeconds(10));
        return new Query(music.database(), music.catalog(), limits, music.modules()::records);
    }

    private static void refused(Query query, String request, String... parts) {
        assertThatThrownBy(() -> graph(query, request)).hasMessageContainingAll(parts);
    }

    @Test
    void aSmallRequestThatShowsMillionsOfRowsIsRefused() {
        refused(
                music.query(),
                "{\"entity\": \"track\", \"fields\": [\"genre.tracks.*\"]}",
                "would show more than 100000 rows",
                "each counted every time it is shown");
        refused(
                music.query(),
                "{\"entity\": \"track\", \"fields\": [\"genre.tracks.genre.tracks.*\"]}",
                "would show more than 100000 rows");
    }

    @Test
    void anAnswerOfTooManyBytesIsRefused() {
        Query query = limited(100_000, 100_000);

        refused(query, "{\"entity\": \"track\", \"fields\": [\"*\"]}", "larger than 100000 bytes");
        assertThat(graph(query, "{\"entity\": \"track\", \"fields\": [\"id\"]}").getJsonArray("data"))
                .hasSize(3503);
    }

    @Test
    void aPageLongerThanAnyAnswerIsRefusedHoweverFewRowsThereAre() {
        refused(
                music.query(),
                "{\"entity\": \"genre\", \"fields\": [\"id\"], \"pagination\": {\"take\": 10001}}",
                "pagination.take takes at most 10000, was 10001");
    }

    @Test
    void siblingListsShareOneBudget() {
        refused(
                limited(4_000, MEBI),
                "{\"entity\": \"genre\", \"fields\": [\"id\", \"tracks.id\", \"tracks.notes.id\", \"tracks.genre.tracks.id\"]}",
                "rows");
    }

    @Test
    void aRecordTooLargeToRepeatIsReadOnce() {
        music.sql("update music.genre set text = repeat('x', 1000000) where id = 1");
        String one = "{\"entity\": \"genre\", \"fields\": [\"text\", \"tracks.id\"], \"filters\": {\"id\": %s}}";

        JsonArray alone = graph(music.query(), one.formatted("1")).getJsonArray("data");

        assertThat(alone.getJsonObject(0).getJsonArray("tracks")).hasSize(140);
        assertThat(alone).isEqualTo(graph(music.query(), one.formatted("[1]")).getJsonArray("data"));
        assertThat(graph(music.query(), one.formatted("2"))
                        .getJsonArray("data")
                        .getJsonObject(0)
                        .getJsonArray("tracks"))
                .hasSize(141);
    }

    @Test
    void answersThatNeedMoreMemoryThanThereIsWaitForEachOther() {
        QueryLimits limits =
                new QueryLimits(10, 500, 500, 10_000, 100_000, MEBI, 4 * MEBI, 8 * MEBI, Duration.ofSeconds(10));
        Query query = new Query(music.database(), music.catalog(), limits, music.modules()::records);
        List<io.vertx.core.Future<JsonObject>> asked = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            asked.add(query.graph(new JsonObject("{\"entity\": \"track\", \"fields\": [\"*\"]}")));
        }

        asked.forEach(
                one -> assertThat(TestDatabase.await(one).getJsonArray("data")).hasSize(3503));
    }

    @Test
    void explainedAnswersThatNeedMoreMemoryThanThereIsWaitForEachOther() {
        QueryLimits limits =
                new QueryLimits(10, 500, 500, 10_000, 100_000, MEBI, 4 * MEBI, 8 * MEBI, Duration.ofSeconds(10));
        Query query = new Query(music.database(), music.catalog(), limits, music.modules()::records);
        List<io.vertx.core.Future<JsonObject>> asked = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            asked.add(query.graph(
                    new JsonObject("{\"entity\": \"track\", \"fields\": [\"*\"], \"explain\": \"analyze\"}")));
        }

        asked.forEach(
                one -> assertThat(TestDatabase.await(one).getJsonArray("data")).hasSize(3503));
    }

    @Test
    @Tag("generator")
    void anAnswerIsRefusedExactlyAboveTheRowsThatItShows() {
        long seed = Generators.seed();
        Random random = new Random(seed);
        for (int i = 0; i < Generators.rounds(25); i++) {
            String request = new JsonObject()
                    .put("entity", "genre")
                    .put("fields", fields(random))
                    .put("filters", new JsonObject().put("id", new JsonObject().put("$lte", 1 + random.nextInt(3))))
                    .put(
                            "relations",
                            new JsonObject().put("tracks", new JsonObject().put("take", 1 + random.nextInt(6))))
                    .encode();
            int rows = rows(graph(limited(1_000_000, 64 * MEBI), request).getJsonArray("data"));

            assertThat(rows(graph(limited(rows, 64 * MEBI), request).getJsonArray("data")))
                    .as("seed %d: %s", seed, request)
                    .isEqualTo(rows);
            assertThatThrownBy(() -> graph(limited(rows - 1, 64 * MEBI), request))
                    .as("seed %d: %s shows %d", seed, request, rows)
                    .hasMessageContaining("rows");
        }
    }

    private static JsonArray fields(Random random) {
        JsonArray fields = new JsonArray().add("id").add("tracks.id");
        for (String path : List.of(
                "tracks.notes.id", "tracks.notes.tracks.id", "tracks.genre.name", "tracks.notes.tracks.genre.id")) {
            if (random.nextBoolean()) {
                fields.add(path);
            }
        }
        return fields;
    }

    /** The model: every element of every array of the answer. */
    private static int rows(Object json) {
        if (json instanceof JsonArray array) {
            return array.size()
                    + array.stream().mapToInt(BoundedAnswersIT::rows).sum();
        }
        return json instanceof JsonObject object
                ? object.stream().mapToInt(member -> rows(member.getValue())).sum()
                : 0;
    }
}
