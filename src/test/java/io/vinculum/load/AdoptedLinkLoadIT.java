package io.vinculum.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vinculum.catalog.Catalog;
import io.vinculum.failure.Failure;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An adopted link table has no index of ours, so a load itself keeps a second partner out. */
class AdoptedLinkLoadIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.prepared(
            "create table public.pairs (product_id varchar(255) not null, brand_id varchar(255) not null, "
                    + "id varchar(255) not null, created_at timestamptz not null default now(), "
                    + "updated_at timestamptz not null default now(), deleted_at timestamptz, "
                    + "primary key (product_id, brand_id))",
            Catalog.builder()
                    .model("product", "Product", product -> product.field("id", "ID!"))
                    .model("brand", "Brand", brand -> brand.field("id", "ID!"))
                    .link(
                            "ProductBrand",
                            link -> link.table("public.pairs")
                                    .adopted()
                                    .field("products", "[Product!]!")
                                    .field("brand", "Brand"))
                    .build());

    @TempDir
    private Path folder;

    private Future<Long> load(String name, String rows) {
        try {
            Path file = Files.writeString(folder.resolve(name), "product_id,brand_id\n" + rows);
            return new Loader(
                            shop.vertx(),
                            shop.database(),
                            shop.catalog().entity("product_brand"),
                            (done, bytes, all) -> {})
                    .load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void twoPartnersInOneFileAreRefusedWithTheLine() {
        assertThatThrownBy(() -> TestDatabase.await(load("a.csv", "p1,b1\np2,b1\np1,b2\n")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("line 4: Cannot create multiple links between 'product' and 'brand'");
        assertThat(shop.rows("select from public.pairs")).isEmpty();
    }

    @Test
    void twoPartnersInTwoBatchesOfOneFileAreRefusedWithTheLine() {
        String many = IntStream.range(0, 6_000).mapToObj(i -> "p" + i + ",b1\n").collect(Collectors.joining());

        assertThatThrownBy(() -> TestDatabase.await(load("a.csv", many + "p7,b2\n")))
                .hasMessageContaining("line 6002: Cannot create multiple links")
                .hasMessageContaining("linked to 'b1' already");
        assertThat(shop.rows("select from public.pairs")).isEmpty();
    }

    @RepeatedTest(3)
    void ofTwoParallelLoadsOneIsRefused() {
        Future<Long> one = load("a.csv", "p1,b1\n");
        Future<Long> other = load("b.csv", "p1,b2\n");
        TestDatabase.await(Future.join(one, other).transform(done -> Future.succeededFuture()));

        assertThat(one.succeeded() ^ other.succeeded()).isTrue();
        assertThat((one.failed() ? one : other).cause()).hasMessageContaining("line 2: Cannot create multiple links");
        assertThat(shop.rows("select from public.pairs where deleted_at is null"))
                .hasSize(1);
    }
}
