/**
 * Opens the HTTP port. {@link HttpVerticle} routes and {@code GraphqlHandler} speaks GraphQL over HTTP. Knows no SQL.
 */
@NullMarked
package io.vinculum.endpoint;

import org.jspecify.annotations.NullMarked;
