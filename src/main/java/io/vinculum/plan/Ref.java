package io.vinculum.plan;

import io.vinculum.catalog.Field;

/** A field of the row that an alias names. */
public record Ref(String alias, Field field) {}
