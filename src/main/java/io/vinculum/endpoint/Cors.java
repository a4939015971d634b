package io.vinculum.endpoint;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Set;

/** Lets the pages of other origins ask, where the settings name them; without cookies, since Vinculum knows none. */
final class Cors {
    private static final String ONE_DAY = "86400";

    private final Set<String> origins;

    Cors(List<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    /** Marks the response for the origin that asks, and answers what a browser asks beforehand; whether it did. */
    boolean answers(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        if (origins.isEmpty() || origin == null) {
            return false;
        }
        HttpServerResponse response = request.response().putHeader("Vary", "Origin");
        boolean allowed = origins.contains("*") || origins.contains(origin);
        if (allowed) {
            response.putHeader("Access-Control-Allow-Origin", origins.contains("*") ? "*" : origin);
        }
        boolean beforehand = request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains("Access-Control-Request-Method");
        if (!beforehand) {
            return false;
        }
        if (allowed) {
            response.putHeader("Access-Control-Allow-Methods", "GET, POST")
                    .putHeader("Access-Control-Max-Age", ONE_DAY);
            String headers = request.getHeader("Access-Control-Request-Headers");
            if (headers != null) {
                response.putHeader("Access-Control-Allow-Headers", headers);
            }
        }
        response.setStatusCode(204).end();
        return true;
    }
}
