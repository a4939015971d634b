/**
 * Holds what exists: modules, models, fields, relations and links, built once and never changed. {@link Catalog} is the
 * door; {@link CatalogBuilder} builds it in Java and finds every error. Knows no SDL and no Vert.x.
 */
@NullMarked
package io.vinculum.catalog;

import org.jspecify.annotations.NullMarked;
