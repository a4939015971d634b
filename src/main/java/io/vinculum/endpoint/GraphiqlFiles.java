package io.vinculum.endpoint;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** GraphiQL's files, read out of the jar once, so that no visitor waits for it and no event loop is held. */
final class GraphiqlFiles {
    private static final String FOLDER = "io/vertx/ext/web/handler/graphiql/";
    private static final String INDEX = "index.html";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml",
            "woff2", "font/woff2",
            "ttf", "font/ttf");

    private final Map<String, File> files = new HashMap<>();

    /** One file as it is served. */
    record File(Buffer bytes, String type) {}

    /** Those of the class path, read when the first event loop starts. */
    private static final class Shared {
        static final GraphiqlFiles FILES = load();

        private Shared() {}
    }

    private GraphiqlFiles() {}

    /** The files; slow the first time, so not on an event loop. */
    static GraphiqlFiles shared() {
        return Shared.FILES;
    }

    private static GraphiqlFiles load() {
        URL index = Objects.requireNonNull(GraphiqlFiles.class.getClassLoader().getResource(FOLDER + INDEX));
        GraphiqlFiles files = new GraphiqlFiles();
        try {
            if (index.getProtocol().equals("jar")) {
                files.loadJar(index);
            } else {
                files.loadFolder(Objects.requireNonNull(Path.of(index.toURI()).getParent()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("GraphiQL cannot be read from the class path", e);
        }
        return files;
    }

    private void loadJar(URL index) throws IOException {
        JarURLConnection connection = (JarURLConnection) index.openConnection();
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            List<JarEntry> entries = jar.stream()
                    .filter(entry -> entry.getName().startsWith(FOLDER) && !entry.isDirectory())
                    .toList();
            for (JarEntry entry : entries) {
                try (InputStream in = jar.getInputStream(entry)) {
                    add(entry.getName().substring(FOLDER.length()), in.readAllBytes());
                }
            }
        }
    }

    private void loadFolder(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                add(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
    }

    private void add(String name, byte[] bytes) {
        String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
        files.put(name, new File(name.equals(INDEX) ? configured(bytes) : Buffer.buffer(bytes), type));
    }

    private static Buffer configured(byte[] index) {
        String settings = new JsonObject()
                .put("httpEnabled", true)
                .put("graphQLUri", "/graphql")
                .put("graphQLWSEnabled", false)
                .encode();
        String page = new String(index, StandardCharsets.UTF_8);
        return Buffer.buffer(page.replace("__VERTX_GRAPHIQL_CONFIG__", settings));
    }

    /** The file of a name, the page itself for none; null where there is no such file. */
    @Nullable
    File file(String name) {
        return files.get(name.isEmpty() ? INDEX : name);
    }
}
