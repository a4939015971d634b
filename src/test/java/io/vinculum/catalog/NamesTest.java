package io.vinculum.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    @ParameterizedTest
    @CsvSource({"ProductVariant,product_variant", "SKUCode,sku_code", "Product2Brand,product2_brand", "id,id"})
    void snakeCase(String name, String snake) {
        assertThat(Names.snake(name)).isEqualTo(snake);
    }

    @ParameterizedTest
    @CsvSource({
        "invoice_line,invoice_lines",
        "category,categories",
        "day,days",
        "box,boxes",
        "branch,branches",
        "address,addresses",
        "sales_person,sales_people",
        "child,children",
        "matrix,matrices"
    })
    void englishPlural(String singular, String plural) {
        assertThat(Names.plural(singular)).isEqualTo(plural);
    }

    @Test
    void camelAndPascalCase() {
        assertThat(Names.camel("invoice_lines")).isEqualTo("invoiceLines");
        assertThat(Names.pascal("invoice_lines")).isEqualTo("InvoiceLines");
    }
}
