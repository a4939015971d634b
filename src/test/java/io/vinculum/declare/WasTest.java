package io.vinculum.declare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Table;
import io.vinculum.failure.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code @was} may say, and where. */
class WasTest {
    @TempDir
    private Path folder;

    private void file(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> GraphFolder.read(folder))
                .isInstanceOf(Failure.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void itStandsOnModelsFieldsValuesAndLinks() {
        file("modules/shop.graphqls", """
                type Thing @was(name: "old_module.item") { id: ID!  size: Int @was(name: "width")  colour: Colour }
                enum Colour { crimson @was(name: "red") green }
                """);
        file("modules/other.graphqls", "type Other { id: ID! }");
        file("links/thing_other.graphqls", """
                type ThingOther @link @was(name: "ItemOther") {
                  things: [Thing!]! @was(name: "items")
                  other: Other
                }
                """);

        Catalog catalog = GraphFolder.read(folder);

        assertThat(catalog.renames().entities().get("thing").tables()).containsExactly(new Table("old_module", "item"));
        assertThat(catalog.renames().entities().get("thing_other").name()).isEqualTo("item_other");
        assertThat(catalog.renames().fieldsOf("thing")).containsEntry("size", "width");
        assertThat(catalog.renames().fieldsOf("thing_other")).containsEntry("things", "items");
        assertThat(catalog.renames().valuesOf("Colour")).containsEntry("crimson", "red");
    }

    @Test
    void twoMayNotHaveBeenTheSame() {
        file("modules/shop.graphqls", """
                type One @was(name: "item") {
                  id: ID!
                  a: Int @was(name: "x")
                  b: Int @was(name: "x")
                }
                type Two @was(name: "Item") { id: ID! colour: Colour }
                enum Colour {
                  crimson @was(name: "red")
                  scarlet @was(name: "red")
                }
                """);

        refused(
                "modules/shop.graphqls:6: Two says @was(name: \"Item\"), and so does the one declared at "
                        + "modules/shop.graphqls:1",
                "modules/shop.graphqls:4: One.b says @was(name: \"x\")",
                "modules/shop.graphqls:9: Colour.scarlet says @was(name: \"red\")");
    }

    @Test
    void theOldNameMayNotBeDeclaredAnyMore() {
        file("modules/shop.graphqls", """
                type Item { id: ID! }
                type Thing @was(name: "item") {
                  id: ID!
                  size: Int @was(name: "width")
                  width: Int
                  made: DateTime @was(name: "created_at")
                  colour: Colour
                }
                enum Colour { red @was(name: "green") green }
                """);

        refused(
                "modules/shop.graphqls:2: Thing says @was(name: \"item\"), but 'item' is still declared at "
                        + "modules/shop.graphqls:1",
                "modules/shop.graphqls:4: Thing.size says",
                "'width' is still declared at modules/shop.graphqls:5",
                "modules/shop.graphqls:6: Thing.made says",
                "modules/shop.graphqls:9: Colour.red says");
    }

    @Test
    void itNeedsANameAndAKnownPlace() {
        file("modules/shop.graphqls", """
                type Thing @was { id: ID! size: Int @was(nam: "x") colour: Colour }
                enum Colour @was(name: "Color") { red @wa(name: "x") green @was(name: 5) }
                """);

        refused(
                "@was needs (name: \"…\")",
                "@was has no argument 'nam'; did you mean 'name'?",
                "Colour has an unknown directive '@was'",
                "Colour.red has an unknown directive '@wa'; did you mean 'was'?",
                "@was(name: …) takes a string");
    }
}
