package io.vinculum.write;

import com.github.f4b6a3.ulid.UlidCreator;
import com.github.f4b6a3.uuid.UuidCreator;
import io.vinculum.catalog.Model;
import io.vinculum.value.Scalar;
import java.util.Optional;

/** Makes the keys that nobody gave. */
public final class Ids {
    private Ids() {}

    /** {@code prod_<ULID>} for text, version 7 for UUID; empty for numbers, which the database counts. */
    public static Optional<Object> next(Model model) {
        Scalar scalar = model.key().type().scalar();
        return switch (scalar) {
            case ID, STRING ->
                Optional.of(
                        model.idPrefix() + "_" + UlidCreator.getMonotonicUlid().toString());
            case UUID -> Optional.of(UuidCreator.getTimeOrderedEpoch());
            default -> Optional.empty();
        };
    }
}
