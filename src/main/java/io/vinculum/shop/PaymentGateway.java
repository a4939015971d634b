package io.vinculum.shop;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.PermanentFailure;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in for somebody who takes money. The card says what happens: {@code declined} is refused for good, {@code busy}
 * fails at the first try, anything else is paid. A key is charged once, however often it is asked.
 */
public final class PaymentGateway {
    private final Map<String, Charge> charges = new ConcurrentHashMap<>();
    private final Map<String, Boolean> wasBusy = new ConcurrentHashMap<>();

    /** What was taken. */
    public record Charge(String id, BigDecimal amount) {}

    /** Takes the money of an order. */
    Charge pay(String key, BigDecimal amount, String card) {
        if (card.equals("declined")) {
            throw PermanentFailure.of("the card was declined");
        }
        if (card.equals("busy") && wasBusy.put(key, true) == null) {
            throw new Failure(FailureCode.UNAVAILABLE, "the gateway is busy");
        }
        return charges.computeIfAbsent(key, made -> new Charge("charge of " + made, amount));
    }

    /** Gives it back. */
    void repay(Charge charge) {
        charges.values().remove(charge);
    }

    /** What is taken for a key now. */
    public Optional<Charge> charge(String key) {
        return Optional.ofNullable(charges.get(key));
    }
}
