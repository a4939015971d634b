/**
 * Opens the HTTP port. {@link HttpVerticle} routes, {@code GraphqlHandler} speaks GraphQL over HTTP, {@code SchemaBuilder}
 * makes the schema of a catalog and {@code OperationCompiler} turns an operation into selections, so that data fields
 * are never run one by one. Knows no SQL.
 */
@NullMarked
package io.vinculum.endpoint;

import org.jspecify.annotations.NullMarked;
