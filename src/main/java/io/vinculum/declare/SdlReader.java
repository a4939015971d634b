package io.vinculum.declare;

import graphql.language.Definition;
import graphql.language.Description;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.Document;
import graphql.language.EnumTypeDefinition;
import graphql.language.EnumValueDefinition;
import graphql.language.FieldDefinition;
import graphql.language.ListType;
import graphql.language.NonNullType;
import graphql.language.ObjectTypeDefinition;
import graphql.language.SDLNamedDefinition;
import graphql.language.Type;
import graphql.language.TypeName;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.CatalogBuilder;
import io.vinculum.catalog.FieldBuilder;
import io.vinculum.catalog.LinkBuilder;
import io.vinculum.catalog.ModelBuilder;
import io.vinculum.catalog.Names;
import io.vinculum.catalog.Place;
import io.vinculum.catalog.Problems;
import io.vinculum.catalog.TypeRef;
import io.vinculum.declare.Directives.Arguments;
import io.vinculum.failure.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the {@code graphql} folder into a {@link CatalogBuilder}. */
public final class SdlReader {
    private static final String ENDING = ".graphqls";

    /** Which directive may stand where, with which arguments. */
    private static final Map<String, List<String>> ON_MODEL = Map.of(
            "table", List.of("name", "managed"),
            "model", List.of("idPrefix", "plural", "unique", "index"),
            "was", List.of("name"),
            "remote", List.of());

    private static final Map<String, List<String>> ON_LINK =
            Map.of("link", List.of("table", "managed", "key", "checked"), "was", List.of("name"));

    private static final Map<String, List<String>> ON_FIELD = Map.of(
            "id", List.of(),
            "unique", List.of(),
            "index", List.of(),
            "searchable", List.of(),
            "default", List.of("value"),
            "column", List.of("name"),
            "relation", List.of("mappedBy", "table"),
            "was", List.of("name"),
            "deleteCascade", List.of(),
            "deprecated", List.of("reason"));

    private static final Map<String, List<String>> ON_ENUM_VALUE =
            Map.of("deprecated", List.of("reason"), "was", List.of("name"));

    private static final String NO_REASON = "No longer supported";

    private final CatalogBuilder catalog = new CatalogBuilder();
    private final Problems problems = catalog.problems();
    private final Directives directives = new Directives(problems);

    public Catalog read(Path folder) {
        Path modules = folder.resolve("modules");
        if (!Files.isDirectory(modules)) {
            throw Failure.invalid("the graph folder " + folder + " has no folder 'modules'; it needs "
                    + "modules/<module>.graphqls and links/<link>.graphqls");
        }
        List<Path> moduleFiles = files(modules);
        checkEndings(folder, folder.resolve("links"));
        boolean modulesEndRight = checkEndings(folder, modules);
        if (moduleFiles.isEmpty() && modulesEndRight) {
            throw Failure.invalid("the folder " + modules + " has no file that ends in " + ENDING);
        }
        moduleFiles.forEach(file -> parse(folder, file).ifPresent(document -> module(folder, file, document)));
        files(folder.resolve("links"))
                .forEach(file -> parse(folder, file).ifPresent(document -> link(folder, file, document)));
        return catalog.build();
    }

    /** A file with another ending would be left out silently. */
    private boolean checkEndings(Path root, Path folder) {
        List<Path> wrong = list(folder, file -> !file.toString().endsWith(ENDING) && isMeant(file));
        wrong.forEach(file -> problems.add(
                new Place(name(root, file), 1),
                "a file of " + folder.getFileName() + " ends in " + ENDING + "; rename it to "
                        + file.getFileName().toString().replaceFirst("\\.[^.]*$", "") + ENDING));
        return wrong.isEmpty();
    }

    /** Notes and the files that tools leave behind are no declarations. */
    private static boolean isMeant(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file) && !name.startsWith(".") && !name.endsWith("~") && !name.endsWith(".md");
    }

    private static List<Path> files(Path folder) {
        return list(folder, file -> file.toString().endsWith(ENDING));
    }

    private static List<Path> list(Path folder, Predicate<Path> which) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(which).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<Document> parse(Path folder, Path file) {
        try {
            return Optional.of(new Parser().parseDocument(Files.readString(file)));
        } catch (InvalidSyntaxException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLine();
            problems.add(new Place(name(folder, file), line), "not GraphQL: " + e.getMessage());
        } catch (IOException e) {
            problems.add(new Place(name(folder, file), 1), "cannot be read as UTF-8 text");
        }
        return Optional.empty();
    }

    private static String name(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    private static Place place(Path folder, Path file, graphql.language.Node<?> node) {
        int line =
                node.getSourceLocation() == null ? 1 : node.getSourceLocation().getLine();
        return new Place(name(folder, file), line);
    }

    private void module(Path folder, Path file, Document document) {
        String fileName = file.getFileName().toString();
        String module = fileName.substring(0, fileName.length() - ENDING.length());
        if (!module.matches("[a-z][a-z0-9_]*")) {
            problems.add(
                    new Place(name(folder, file), 1),
                    "the module's name comes from the file's and must be " + "snake_case, was '" + module + "'");
        }
        for (Definition<?> definition : document.getDefinitions()) {
            Place place = place(folder, file, definition);
            if (definition instanceof ObjectTypeDefinition type) {
                if (type.hasDirective("link")) {
                    problems.add(
                            place,
                            "the link " + type.getName() + " belongs in a file of its own, links/"
                                    + Names.snake(type.getName()) + ENDING);
                } else {
                    catalog.add(model(folder, file, module, type));
                }
            } else {
                other(folder, file, definition);
            }
        }
    }

    private void other(Path folder, Path file, Definition<?> definition) {
        Place place = place(folder, file, definition);
        if (definition instanceof EnumTypeDefinition type) {
            enumeration(folder, file, type, place);
            return;
        }
        String what = definition instanceof SDLNamedDefinition<?> named ? " '" + named.getName() + "'" : "";
        problems.add(
                place,
                "a file of models or links holds types and enums only; remove the "
                        + definition.getClass().getSimpleName().replace("Definition", "") + what);
    }

    private void enumeration(Path folder, Path file, EnumTypeDefinition type, Place place) {
        known(folder, file, type, Map.of(), "the enum " + type.getName());
        List<String> values = new ArrayList<>();
        for (EnumValueDefinition value : type.getEnumValueDefinitions()) {
            values.add(value.getName());
            String where = type.getName() + "." + value.getName();
            for (Directive directive : known(folder, file, value, ON_ENUM_VALUE, where)) {
                onValue(type.getName(), value.getName(), directive, place(folder, file, directive));
            }
        }
        catalog.enumeration(type.getName(), values, place);
    }

    private void onValue(String enumName, String value, Directive directive, Place place) {
        Arguments arguments = new Arguments(directive);
        if (directive.getName().equals("was")) {
            arguments.text("name").ifPresent(old -> catalog.valueWas(enumName, value, old, place));
        } else {
            catalog.deprecatedValue(enumName, value, arguments.text("reason").orElse(NO_REASON));
        }
    }

    private ModelBuilder model(Path folder, Path file, String module, ObjectTypeDefinition type) {
        ModelBuilder model = new ModelBuilder(module, type.getName(), place(folder, file, type));
        model.description(text(type.getDescription()));
        for (Directive directive : known(folder, file, type, ON_MODEL, type.getName())) {
            Arguments arguments = new Arguments(directive);
            switch (directive.getName()) {
                case "table" -> {
                    arguments.text("name").ifPresent(model::table);
                    arguments.bool("managed").filter(managed -> !managed).ifPresent(managed -> model.adopted());
                }
                case "remote" -> model.remote();
                case "was" -> arguments.text("name").ifPresent(model::was);
                default -> {
                    arguments.text("idPrefix").ifPresent(model::idPrefix);
                    arguments.text("plural").ifPresent(model::plural);
                    arguments.sets("unique").forEach(model::unique);
                    arguments.sets("index").forEach(model::index);
                }
            }
        }
        fields(folder, file, type, model.fields);
        return model;
    }

    private void link(Path folder, Path file, Document document) {
        List<ObjectTypeDefinition> types = document.getDefinitionsOfType(ObjectTypeDefinition.class);
        document.getDefinitions().stream()
                .filter(definition -> !(definition instanceof ObjectTypeDefinition))
                .forEach(definition -> other(folder, file, definition));
        if (types.isEmpty()) {
            problems.add(
                    new Place(name(folder, file), 1), "the file declares no link; add 'type ProductBrand @link { … }'");
            return;
        }
        types.stream()
                .skip(1)
                .forEach(second -> problems.add(
                        place(folder, file, second),
                        "a second link, " + second.getName() + ", in the same file; there is one "
                                + "link a file: move it to links/" + Names.snake(second.getName()) + ENDING));
        ObjectTypeDefinition type = types.get(0);
        if (!type.hasDirective("link")) {
            problems.add(
                    place(folder, file, type),
                    type.getName() + " has no @link; a file in links/ declares one "
                            + "type with it (models go to modules/)");
            return;
        }
        catalog.add(linkOf(folder, file, type));
    }

    private LinkBuilder linkOf(Path folder, Path file, ObjectTypeDefinition type) {
        LinkBuilder link = new LinkBuilder(type.getName(), place(folder, file, type));
        link.description(text(type.getDescription()));
        for (Directive directive : known(folder, file, type, ON_LINK, type.getName())) {
            Arguments arguments = new Arguments(directive);
            arguments.text("name").ifPresent(link::was);
            arguments.text("table").ifPresent(link::table);
            arguments.text("key").ifPresent(link::readOnly);
            arguments.bool("managed").filter(managed -> !managed).ifPresent(managed -> link.adopted());
            arguments.bool("checked").ifPresent(link::checked);
        }
        fields(folder, file, type, link.fields);
        return link;
    }

    private void fields(Path folder, Path file, ObjectTypeDefinition type, List<FieldBuilder> into) {
        for (FieldDefinition definition : type.getFieldDefinitions()) {
            FieldBuilder field = new FieldBuilder(
                    definition.getName(), typeRef(definition.getType()), place(folder, file, definition));
            field.description(text(definition.getDescription()));
            if (!definition.getInputValueDefinitions().isEmpty()) {
                problems.add(
                        field.place,
                        type.getName() + "." + field.name
                                + " has arguments; those are generated, declare the field without them");
            }
            for (Directive directive : known(folder, file, definition, ON_FIELD, type.getName() + "." + field.name)) {
                option(field, directive);
            }
            into.add(field);
        }
    }

    private static void option(FieldBuilder field, Directive directive) {
        Arguments arguments = new Arguments(directive);
        switch (directive.getName()) {
            case "id" -> field.id();
            case "unique" -> field.unique();
            case "index" -> field.index();
            case "searchable" -> field.searchable();
            case "deleteCascade" -> field.deleteCascade();
            case "default" -> arguments.text("value").ifPresent(field::defaultValue);
            case "column" -> arguments.text("name").ifPresent(field::column);
            case "deprecated" -> field.deprecated(arguments.text("reason").orElse(NO_REASON));
            case "was" -> arguments.text("name").ifPresent(field::was);
            default -> {
                arguments.text("mappedBy").ifPresent(field::mappedBy);
                arguments.text("table").ifPresent(field::pivot);
            }
        }
    }

    private static TypeRef typeRef(Type<?> type) {
        boolean required = type instanceof NonNullType;
        Type<?> bare = type instanceof NonNullType nonNull ? nonNull.getType() : type;
        if (!(bare instanceof ListType list)) {
            return new TypeRef(((TypeName) bare).getName(), false, required, false);
        }
        Type<?> element = list.getType();
        boolean elementRequired = element instanceof NonNullType;
        Type<?> named = element instanceof NonNullType nonNull ? nonNull.getType() : element;
        // A list of lists has no column type; its printed name is unknown and gets that error.
        String name = named instanceof TypeName typeName ? typeName.getName() : "[…]";
        return new TypeRef(name, true, required, elementRequired);
    }

    private static @Nullable String text(@Nullable Description description) {
        return description == null ? null : description.getContent().strip();
    }

    private List<Directive> known(
            Path folder, Path file, DirectivesContainer<?> node, Map<String, List<String>> allowed, String where) {
        return directives.known(node, allowed, where, directive -> place(folder, file, directive));
    }
}
