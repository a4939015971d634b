package io.vinculum.testing;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.CatalogBuilder;
import java.util.Random;

/** A catalog as large as those of whole companies: models of a dozen fields, joined by links at random. */
public final class LargeCatalog {
    private static final String[] TYPES = {
        "String!", "String", "Int!", "Long", "Float", "BigDecimal!", "Boolean!", "DateTime", "Date", "JSON", "[String!]"
    };

    private LargeCatalog() {}

    public static Catalog of(int models, int links) {
        CatalogBuilder catalog = Catalog.builder();
        for (int i = 0; i < models; i++) {
            catalog.model("module" + i / 10, "Thing" + i, model -> {
                model.field("id", "ID!");
                for (int j = 0; j < TYPES.length; j++) {
                    model.field("field" + j, TYPES[j]);
                }
            });
        }
        Random random = new Random(11);
        for (int i = 0; i < links; i++) {
            String first = "Thing" + random.nextInt(models);
            String second = "Thing" + random.nextInt(models);
            String number = Integer.toString(i);
            catalog.link(
                    "Joint" + i,
                    link -> link.field("far" + number, "[" + first + "!]!")
                            .field("near" + number, second)
                            .field("rank", "Int"));
        }
        return catalog.build();
    }
}
