/**
 * Opens the HTTP port. {@link HttpVerticle} routes, {@code GraphqlHandler} speaks GraphQL over HTTP and {@code
 * GraphHandler} plain JSON; {@code RequestDecoder} decides what is a request at all. Knows no SQL.
 */
@NullMarked
package io.vinculum.endpoint;

import org.jspecify.annotations.NullMarked;
