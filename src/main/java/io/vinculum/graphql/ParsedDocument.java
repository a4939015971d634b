package io.vinculum.graphql;

import graphql.language.Document;
import graphql.language.FragmentDefinition;
import graphql.language.OperationDefinition;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import graphql.parser.ParserEnvironment;
import graphql.parser.ParserOptions;
import graphql.parser.exceptions.ParseCancelledException;
import graphql.schema.GraphQLSchema;
import graphql.validation.GoodFaithIntrospectionExceeded;
import graphql.validation.ValidationError;
import graphql.validation.ValidationErrorType;
import graphql.validation.Validator;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import io.vinculum.graphql.RequestFailure.Code;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A document that was parsed and validated. */
final class ParsedDocument {
    /** What graphql-java makes of a document, measured on documents of fields and arguments. */
    private static final int BYTES_A_CHARACTER = 60;

    private static final int OWN_WEIGHT = 1_024;

    private final Document document;
    private final int weight;
    private final List<OperationDefinition> operations;
    private final Map<String, FragmentDefinition> fragments = new HashMap<>();

    private ParsedDocument(Document document, int characters) {
        this.weight = OWN_WEIGHT + BYTES_A_CHARACTER * characters;
        this.document = document;
        this.operations = document.getDefinitionsOfType(OperationDefinition.class);
        document.getDefinitionsOfType(FragmentDefinition.class)
                .forEach(fragment -> fragments.put(fragment.getName(), fragment));
    }

    /**
     * Parses and validates a document.
     *
     * @throws RequestFailure with where and why it is wrong
     * @throws Failure {@code TOO_LARGE} or {@code TOO_COMPLEX} over a limit
     */
    static ParsedDocument parse(String text, GraphQLSchema schema, DocumentLimits limits) {
        limits.checkText(text);
        Document document = parse(text, limits);
        limits.check(document);
        List<ValidationError> errors = validate(document, schema);
        if (errors.stream().anyMatch(ParsedDocument::isLimit)) {
            throw new Failure(
                    FailureCode.TOO_COMPLEX, "the operation selects more fields than it may, through its fragments");
        }
        if (!errors.isEmpty()) {
            throw RequestFailure.of(errors);
        }
        return new ParsedDocument(document, text.length());
    }

    private static List<ValidationError> validate(Document document, GraphQLSchema schema) {
        try {
            return new Validator().validateDocument(schema, document, Locale.ENGLISH);
        } catch (GoodFaithIntrospectionExceeded e) {
            throw RequestFailure.of(
                    Code.GRAPHQL_VALIDATION_FAILED, "the introspection asks for more than any tool does", null);
        }
    }

    private static boolean isLimit(ValidationError error) {
        return error.getValidationErrorType() == ValidationErrorType.MaxQueryFieldsExceeded
                || error.getValidationErrorType() == ValidationErrorType.MaxQueryDepthExceeded;
    }

    private static Document parse(String text, DocumentLimits limits) {
        ParserOptions options = ParserOptions.getDefaultOperationParserOptions()
                .transform(builder -> builder.maxTokens(limits.tokens()).captureIgnoredChars(false));
        try {
            return new Parser()
                    .parseDocument(ParserEnvironment.newParserEnvironment()
                            .document(text)
                            .parserOptions(options)
                            .build());
        } catch (ParseCancelledException e) {
            throw new Failure(
                    FailureCode.TOO_COMPLEX,
                    "the document has more than " + limits.tokens() + " tokens, or is nested too deep");
        } catch (InvalidSyntaxException e) {
            throw RequestFailure.of(Code.GRAPHQL_PARSE_FAILED, e.getMessage(), e.getLocation());
        }
    }

    /** About how many bytes it takes in memory. */
    int weight() {
        return weight;
    }

    Document document() {
        return document;
    }

    @Nullable
    FragmentDefinition fragment(String name) {
        return fragments.get(name);
    }

    /**
     * The operation of a name, or the only one.
     *
     * @throws RequestFailure when the name does not decide
     */
    OperationDefinition operation(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            if (operations.size() == 1) {
                return operations.get(0);
            }
            throw RequestFailure.of(
                    Code.GRAPHQL_VALIDATION_FAILED, "operationName must name one of the operations: " + names(), null);
        }
        return operations.stream()
                .filter(operation -> name.equals(operation.getName()))
                .findFirst()
                .orElseThrow(() -> RequestFailure.of(
                        Code.GRAPHQL_VALIDATION_FAILED,
                        "there is no operation '" + Nearest.shown(name) + "'; there are: " + names(),
                        null));
    }

    private String names() {
        return String.join(
                ", ",
                operations.stream()
                        .map(operation -> operation.getName() == null ? "one without a name" : operation.getName())
                        .toList());
    }
}
