/** The sample shop: the rows that the bundled {@code graphql} folder is seeded with. Start at {@link SampleRows}. */
@NullMarked
package io.vinculum.shop;

import org.jspecify.annotations.NullMarked;
