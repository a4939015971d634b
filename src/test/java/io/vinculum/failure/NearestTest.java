package io.vinculum.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
