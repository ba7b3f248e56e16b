package chat.parley.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.json.schema.Validator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The schemas of the two API documents, by name, closed: clients must take fields that they do not
 * know, so the documents leave every object open; but a server that sends one that its documents do
 * not name has an undocumented field. Read and compiled once a JVM.
 */
final class ApiSchemas {
  private static final String BASE = "https://parley.invalid/api";
  private static final String COMPONENTS = "#/components/schemas/";

  private final JsonObject definitions = new JsonObject();
  private final Map<String, Validator> quick = new ConcurrentHashMap<>();
  private SchemaRepository repository;

  /** With the schemas that the documents have as components. */
  ApiSchemas() {
    for (ApiDocument document : ApiDocument.values()) {
      document.schemas().forEach(schema -> add(schema.getKey(), (JsonObject) schema.getValue()));
    }
  }

  /** Takes a schema of the documents in under a name that is no other's. */
  void add(String name, JsonObject schema) {
    if (definitions.containsKey(name)) {
      throw new IllegalStateException("there are two schemas named " + name);
    }
    definitions.put(name, closed(schema));
  }

  private static Object closed(Object value) {
    if (value instanceof JsonArray array) {
      JsonArray all = new JsonArray();
      array.forEach(one -> all.add(closed(one)));
      return all;
    }
    if (!(value instanceof JsonObject object)) {
      return value;
    }
    JsonObject schema = new JsonObject();
    object.forEach(
        field ->
            schema.put(
                field.getKey(),
                field.getKey().equals("$ref")
                    ? "#/$defs/" + componentOf((String) field.getValue())
                    : closed(field.getValue())));
    if (schema.getValue("properties") instanceof JsonObject
        && "object".equals(schema.getValue("type"))
        && !schema.containsKey("additionalProperties")) {
      schema.put("additionalProperties", false);
    }
    return schema;
  }

  private static String componentOf(String reference) {
    String own = reference.substring(reference.indexOf('#'));
    if (!own.startsWith(COMPONENTS)) {
      throw new IllegalStateException("a schema refers to no schema: " + reference);
    }
    return own.substring(COMPONENTS.length());
  }

  /** What is wrong with a value by the schema of this name; empty where nothing is. */
  Optional<String> fault(String name, Object value) {
    if (quick
        .computeIfAbsent(name, any -> validator(name, OutputFormat.Flag))
        .validate(value)
        .getValid()) {
      return Optional.empty();
    }
    OutputUnit verdict = validator(name, OutputFormat.Basic).validate(value);
    return Optional.of(
        verdict.getErrors().stream()
            .map(error -> error.getInstanceLocation() + ": " + error.getError())
            .distinct()
            .collect(Collectors.joining("; ")));
  }

  private synchronized Validator validator(String name, OutputFormat format) {
    JsonSchemaOptions options =
        new JsonSchemaOptions()
            .setBaseUri(BASE)
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(format);
    if (repository == null) {
      repository = SchemaRepository.create(options);
      repository.dereference(JsonSchema.of(BASE, new JsonObject().put("$defs", definitions)));
    }
    if (!definitions.containsKey(name)) {
      throw new IllegalStateException("there is no schema named " + name);
    }
    return repository.validator(BASE + "#/$defs/" + name, options);
  }
}
