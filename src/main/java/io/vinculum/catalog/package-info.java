/**
 * Holds what exists: modules, models, fields, relations and links, read once and never changed. {@link Catalog} is the
 * door; {@link SdlReader} reads a folder of GraphQL SDL into it, {@link CatalogBuilder} builds it in Java.
 * Everything that can be wrong with a declaration is found here, all of it at once.
 */
@NullMarked
package io.vinculum.catalog;

import org.jspecify.annotations.NullMarked;
