package io.vinculum.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KNOWN = List.of("title", "handle", "price");

    @Test
    void findsTheNameWithTheFewestEdits() {
        assertThat(Nearest.to("titel", KNOWN)).contains("title");
        assertThat(Nearest.to("Prize", KNOWN)).contains("price");
    }

    @Test
    void findsNothingWhenNothingIsNear() {
        assertThat(Nearest.to("quantity_in_stock", KNOWN)).isEmpty();
    }

    @Test
    void findsTheFirstOfSeveralThatAreEquallyNear() {
        assertThat(Nearest.to("priec", List.of("prife", "price", "priced"))).contains("price");
    }

    /** A refusal must stay cheap in a catalog of any size. */
    @Test
    void aThousandSearchesOfManyLongNamesAreCheap() {
        List<String> names = IntStream.range(0, 20_000)
                .mapToObj(i -> Integer.toString(i, 36) + "_name_of_some_entity_".repeat(2))
                .toList();
        String given = "x".repeat(5_000_000);

        assertTimeout(Duration.ofSeconds(5), () -> {
            for (int i = 0; i < 1_000; i++) {
                assertThat(Nearest.hint(given, names)).startsWith("; known: ");
            }
        });
    }

    @Test
    void listsWhatIsKnown() {
        assertThat(Nearest.hint("titel", KNOWN)).isEqualTo("; did you mean 'title'? known: handle, price, title");
        assertThat(Nearest.hint("x", List.of())).isEqualTo("; known: none");
    }

    @Test
    void showsALongNameCutAndWithoutControlCharacters() {
        assertThat(Nearest.shown("a\0b\n" + "x".repeat(100)))
                .hasSize(65)
                .startsWith("a?b?x")
                .endsWith("…");
    }
}
