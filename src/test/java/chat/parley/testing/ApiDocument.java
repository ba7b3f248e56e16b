package chat.parley.testing;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The two documents of the API, as the server gives them out. */
public enum ApiDocument {
  OPENAPI("openapi.yaml"),
  ASYNCAPI("asyncapi.yaml");

  private final JsonObject json;

  ApiDocument(String name) {
    json = read(name);
  }

  private static JsonObject read(String name) {
    try (InputStream in = ApiDocument.class.getResourceAsStream("/web/" + name)) {
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      options.setMaxAliasesForCollections(1_000);
      Map<String, Object> yaml = new Yaml(new SafeConstructor(options)).load(in);
      // To text and back, since what YAML's aliases name is one object in many places.
      return new JsonObject(new JsonObject(yaml).encode());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of it. */
  public JsonObject json() {
    return json;
  }

  /** Its schemas by name. */
  JsonObject schemas() {
    return json.getJsonObject("components").getJsonObject("schemas");
  }

  /** One of its schemas. */
  public JsonObject schema(String name) {
    return schemas().getJsonObject(name);
  }

  /** The words of an enumeration. */
  public List<String> words(String schema) {
    return schema(schema).getJsonArray("enum").stream().map(String.class::cast).toList();
  }

  /** What a reference to another place of it stands for; what is none is itself. */
  JsonObject resolved(JsonObject value) {
    String reference = value.getString("$ref");
    if (reference == null) {
      return value;
    }
    JsonObject at = json;
    for (String step : reference.substring("#/".length()).split("/")) {
      at = at.getJsonObject(step);
      if (at == null) {
        throw new IllegalStateException("nothing is at " + reference);
      }
    }
    return resolved(at);
  }
}
