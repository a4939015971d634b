/**
 * The GraphQL schema of a catalog, and operations compiled to selections and writes. Start at {@link Operations}; data
 * fields are never resolved one by one.
 */
@NullMarked
package io.vinculum.graphql;

import org.jspecify.annotations.NullMarked;
