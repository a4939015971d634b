package io.vinculum.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vinculum.failure.Failure;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values whose type only the running code knows, as JSON that names their classes: {@code {"of": class, "is": value}},
 * {@code {"list": [...]}}, {@code {"map": {...}}}, null.
 */
public final class TypedJson {
    private static final String NULL = "null";

    private TypedJson() {}

    /**
     * Writes a value.
     *
     * @throws Failure {@code INVALID_DATA} when it is nothing that JSON can hold, or its class has no name to read it by
     */
    public static String write(@Nullable Object value, String what) {
        if (value == null) {
            return NULL;
        }
        StringBuilder text = new StringBuilder();
        if (value instanceof List<?> list) {
            text.append("{\"list\":[");
            String before = "";
            for (Object one : list) {
                text.append(before).append(write(one, what));
                before = ",";
            }
            return text.append("]}").toString();
        }
        if (value instanceof Map<?, ?> map) {
            text.append("{\"map\":{");
            String before = "";
            for (Map.Entry<?, ?> one : map.entrySet()) {
                String key = String.valueOf(Codec.write(String.valueOf(one.getKey()), what));
                text.append(before).append(key).append(':').append(write(one.getValue(), what));
                before = ",";
            }
            return text.append("}}").toString();
        }
        Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
        if (type.isAnonymousClass() || type.isHidden() || type.isSynthetic() || type.isArray()) {
            throw Failure.invalid(what + " is of a class without a name");
        }
        return text.append("{\"of\":\"")
                .append(type.getName())
                .append("\",\"is\":")
                .append(Codec.write(value, what))
                .append('}')
                .toString();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws Failure {@code INVALID_DATA} when its class is not there any more, or is another one
     */
    public static @Nullable Object read(String json, ClassLoader classes, String what) {
        try {
            return read(exactly(json), classes);
        } catch (IOException | ClassNotFoundException | IllegalArgumentException e) {
            throw Failure.invalid(what + " cannot be read any more: "
                    + String.valueOf(e.getMessage()).split("\n", 2)[0]);
        }
    }

    private static JsonNode exactly(String json) throws JsonProcessingException {
        return Codec.mapper()
                .reader()
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readTree(json);
    }

    /** The members of an object, each as JSON. */
    public static Map<String, String> members(String json) {
        Map<String, String> members = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, JsonNode> one : exactly(json).properties()) {
                members.put(one.getKey(), one.getValue().toString());
            }
        } catch (JsonProcessingException e) {
            throw Failure.invalid("what is kept of a run is no JSON");
        }
        return members;
    }

    private static @Nullable Object read(JsonNode json, ClassLoader classes)
            throws IOException, ClassNotFoundException {
        if (json.isNull()) {
            return null;
        }
        if (json.has("list")) {
            List<@Nullable Object> list = new ArrayList<>();
            for (JsonNode one : json.get("list")) {
                list.add(read(one, classes));
            }
            return list;
        }
        if (json.has("map")) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> one : json.get("map").properties()) {
                map.put(one.getKey(), read(one.getValue(), classes));
            }
            return map;
        }
        Class<?> type = Class.forName(json.get("of").textValue(), false, classes);
        if (Modifier.isAbstract(type.getModifiers()) && !type.isEnum()) {
            throw new IllegalArgumentException(type.getSimpleName() + " has no values of its own");
        }
        ObjectMapper mapper = Codec.mapper();
        JavaType exact = mapper.constructType(type);
        return mapper.readValue(mapper.treeAsTokens(json.get("is")), exact);
    }
}
