package chat.parley.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The schemas of the two API documents, by name, closed: clients must take fields that they do not
 * know, so the documents leave every object open; but a server that sends one that its documents do
 * not name has an undocumented field. Each is compiled once a JVM, when it is first asked for.
 */
final class ApiSchemas {
  private static final String BASE = "https://parley.invalid/";
  private static final String COMPONENTS = "#/components/schemas/";

  /** Something or null, and what is given in one of two ways: not worth a choice by type. */
  private static final int TWO = 2;

  private final Map<String, JsonSchema> schemas = new HashMap<>();
  private final Map<String, Validator> quick = new ConcurrentHashMap<>();

  /** With the schema that every refusal has. */
  ApiSchemas() {
    add("Problem", ApiDocument.OPENAPI.schema("Problem"));
  }

  /** Takes a schema of the documents in under a name that is no other's. */
  void add(String name, JsonObject schema) {
    if (schemas.put(name, JsonSchema.of((JsonObject) closed(schema))) != null) {
      throw new IllegalStateException("there are two schemas named " + name);
    }
  }

  /**
   * The same with every object closed, and with what is referred to in its place: to follow
   * references costs more than all else of a check.
   */
  private static Object closed(Object value) {
    if (value instanceof JsonArray array) {
      JsonArray all = new JsonArray();
      array.forEach(one -> all.add(closed(one)));
      return all;
    }
    if (!(value instanceof JsonObject object)) {
      return value;
    }
    if (object.getValue("$ref") instanceof String reference) {
      return closed(component(reference));
    }
    JsonObject schema = new JsonObject();
    object.forEach(field -> schema.put(field.getKey(), closed(field.getValue())));
    if (schema.getValue("oneOf") instanceof JsonArray forms && forms.size() > TWO) {
      return byType(forms);
    }
    if (schema.getValue("properties") instanceof JsonObject
        && "object".equals(schema.getValue("type"))
        && !schema.containsKey("additionalProperties")) {
      schema.put("additionalProperties", false);
    }
    return schema;
  }

  private static JsonObject component(String reference) {
    int own = reference.indexOf(COMPONENTS);
    if (own < 0) {
      throw new IllegalStateException("a schema refers to no schema: " + reference);
    }
    String name = reference.substring(own + COMPONENTS.length());
    JsonObject shared = ApiDocument.OPENAPI.schema(name);
    return shared != null ? shared : ApiDocument.ASYNCAPI.schema(name);
  }

  /**
   * What has one of many forms says by its {@code type} which: to try all of them would take
   * longer, and tell of a wrong one only that it is none.
   */
  private static JsonObject byType(JsonArray forms) {
    JsonArray words = new JsonArray();
    JsonArray choices = new JsonArray();
    for (int i = 0; i < forms.size(); i++) {
      JsonObject form = forms.getJsonObject(i);
      JsonObject type = form.getJsonObject("properties").getJsonObject("type");
      words.add(type.getString("const"));
      choices.add(
          new JsonObject()
              .put("if", new JsonObject().put("properties", new JsonObject().put("type", type)))
              .put("then", form));
    }
    return new JsonObject()
        .put("type", "object")
        .put("required", new JsonArray().add("type"))
        .put("properties", new JsonObject().put("type", new JsonObject().put("enum", words)))
        .put("allOf", choices);
  }

  /** What is wrong with a value by the schema of this name; empty where nothing is. */
  Optional<String> fault(String name, Object value) {
    Validator validator = quick.computeIfAbsent(name, any -> validator(name, OutputFormat.Flag));
    if (validator.validate(value).getValid()) {
      return Optional.empty();
    }
    OutputUnit verdict = validator(name, OutputFormat.Basic).validate(value);
    return Optional.of(
        verdict.getErrors().stream()
            .map(error -> error.getInstanceLocation() + ": " + error.getError())
            .distinct()
            .collect(Collectors.joining("; ")));
  }

  private Validator validator(String name, OutputFormat format) {
    JsonSchema schema = schemas.get(name);
    if (schema == null) {
      throw new IllegalStateException("there is no schema named " + name);
    }
    return Validator.create(
        schema,
        new JsonSchemaOptions()
            .setBaseUri(BASE)
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(format));
  }
}
