package io.vinculum.flow;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.VertxModule;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of steps to JSON and back: records, by Jackson, and the JSON types of Vert.x. */
public final class Codec {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(vertx())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** A stored value may have members that a newer type has lost; in a request, an unknown member is an error. */
    private static final ObjectMapper STRICT = MAPPER.copy().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private Codec() {}

    /** Vert.x writes its JSON types inside records, but does not read them there. */
    private static SimpleModule vertx() {
        SimpleModule module = new VertxModule();
        module.addDeserializer(JsonObject.class, new StdDeserializer<>(JsonObject.class) {
            private static final long serialVersionUID = 1;

            @Override
            public JsonObject deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                return new JsonObject(context.<Map<String, Object>>readValue(
                        parser, context.getTypeFactory().constructMapType(Map.class, String.class, Object.class)));
            }
        });
        module.addDeserializer(JsonArray.class, new StdDeserializer<>(JsonArray.class) {
            private static final long serialVersionUID = 1;

            @Override
            public JsonArray deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                return new JsonArray(context.<List<Object>>readValue(parser, listOf(Object.class)));
            }
        });
        return module;
    }

    static ObjectMapper mapper() {
        return MAPPER;
    }

    public static JavaType type(Class<?> type) {
        return MAPPER.constructType(type);
    }

    static JavaType listOf(Class<?> element) {
        return TypeFactory.defaultInstance().constructCollectionType(List.class, element);
    }

    /**
     * Writes a value; null is none.
     *
     * @throws Failure {@code INVALID_DATA} when it is nothing that JSON can hold
     */
    @Nullable
    public static String write(@Nullable Object value, String what) {
        if (value == null) {
            return null;
        }
        try {
            if (value instanceof JsonObject || value instanceof JsonArray) {
                return value.toString();
            }
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException | EncodeException e) {
            String why = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw Failure.invalid(
                    what + " cannot be kept as JSON: " + value.getClass().getSimpleName() + " (" + why + ")");
        }
    }

    /**
     * Reads a value of a request, and refuses members that the type does not have.
     *
     * @throws Failure {@code INVALID_DATA} with the nearest member, or when it is none of the type
     */
    @Nullable
    public static <T> T readStrictly(@Nullable String json, Class<T> type, String what) {
        if (json == null || type == JsonObject.class || type == JsonArray.class) {
            return type.cast(read(json, type(type), what));
        }
        try {
            return STRICT.readValue(json, type);
        } catch (UnrecognizedPropertyException e) {
            List<String> known =
                    e.getKnownPropertyIds().stream().map(String::valueOf).toList();
            throw Failure.invalid(what + " has no '" + Nearest.shown(e.getPropertyName()) + "'"
                    + Nearest.hint(e.getPropertyName(), known));
        } catch (JsonProcessingException e) {
            throw none(what, type(type), e);
        }
    }

    private static Failure none(String what, JavaType type, JsonProcessingException e) {
        return Failure.invalid(what + " is no " + type.getRawClass().getSimpleName() + ": "
                + e.getOriginalMessage().split("\n", 2)[0]);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws Failure {@code INVALID_DATA} when it is none of the type
     */
    @Nullable
    public static Object read(@Nullable String json, JavaType type, String what) {
        if (json == null) {
            return null;
        }
        if (type.hasRawClass(JsonObject.class)) {
            return new JsonObject(json);
        }
        if (type.hasRawClass(JsonArray.class)) {
            return new JsonArray(json);
        }
        if (type.hasRawClass(Object.class)) {
            return parse(json);
        }
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw none(what, type, e);
        }
    }

    /**
     * A value as it will be read back from JSON, which it is given with.
     *
     * @throws Failure {@code INVALID_DATA} when it is nothing that JSON can hold, or cannot be read back
     */
    public static Coded coded(@Nullable Object value, JavaType type, String what) {
        String json = write(value, what);
        return new Coded(isPlain(value, type) ? value : read(json, type, what), json);
    }

    /** The same for a value that is not read back. */
    public static Coded written(@Nullable Object value, String what) {
        return new Coded(value, write(value, what));
    }

    private static boolean isPlain(@Nullable Object value, JavaType type) {
        return value == null
                || (value.getClass() == type.getRawClass()
                        && (value instanceof String
                                || value instanceof Integer
                                || value instanceof Long
                                || value instanceof Boolean));
    }

    /** Parses JSON into a value of Vert.x; null is none. */
    public static @Nullable Object parse(@Nullable String json) {
        return json == null ? null : Json.decodeValue(json);
    }

    /** Encodes a value of Vert.x; null is none. */
    public static @Nullable String encode(@Nullable Object value) {
        return value == null ? null : Json.encode(value);
    }
}
