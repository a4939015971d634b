package io.vinculum.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plan with the values of one request. */
public record Bound(CompiledPlan plan, List<? extends @Nullable Object> values) {}
