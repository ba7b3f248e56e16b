package chat.parley.testing;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What {@code asyncapi.yaml} says of frames. */
public final class SocketDocument {
  private final ApiSchemas schemas;
  private final Set<String> fromClients = new TreeSet<>();
  private final List<Map.Entry<String, JsonObject>> examples = new ArrayList<>();

  /** Schemas by a server frame's type: an ack has several. */
  private final Map<String, List<String>> fromServer = new LinkedHashMap<>();

  SocketDocument(ApiSchemas schemas) {
    this.schemas = schemas;
    Set<String> received = new LinkedHashSet<>();
    Set<String> sent = new LinkedHashSet<>();
    JsonObject operations = ApiDocument.ASYNCAPI.json().getJsonObject("operations");
    for (String name : operations.fieldNames()) {
      JsonObject operation = operations.getJsonObject(name);
      (operation.getString("action").equals("receive") ? received : sent)
          .addAll(messages(operation));
      sent.addAll(messages(operation.getJsonObject("reply", new JsonObject())));
    }
    received.forEach(message -> fromClients.add(read(message)));
    sent.forEach(
        message ->
            fromServer.computeIfAbsent(read(message), any -> new ArrayList<>()).add(key(message)));
  }

  private static List<String> messages(JsonObject operation) {
    return operation.getJsonArray("messages", new JsonArray()).stream()
        .map(message -> ((JsonObject) message).getString("$ref"))
        .map(reference -> reference.substring(reference.lastIndexOf('/') + 1))
        .toList();
  }

  private static String key(String message) {
    return "frame." + message;
  }

  /** Takes a message's schema in; its frame's type. */
  private String read(String message) {
    JsonObject described =
        ApiDocument.ASYNCAPI
            .json()
            .getJsonObject("components")
            .getJsonObject("messages")
            .getJsonObject(message);
    JsonObject payload = described.getJsonObject("payload");
    schemas.add(key(message), payload);
    described
        .getJsonArray("examples")
        .forEach(
            example ->
                examples.add(
                    Map.entry(key(message), ((JsonObject) example).getJsonObject("payload"))));
    return payload.getJsonObject("properties").getJsonObject("t").getString("const");
  }

  /** Every type of a frame from a client. */
  public Set<String> fromClients() {
    return fromClients;
  }

  /** A frame of this type as a client may send it. */
  JsonObject exampleFromClient(String type) {
    return examples.stream()
        .map(Map.Entry::getValue)
        .filter(frame -> type.equals(frame.getString("t")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no example of " + type));
  }

  /** Every type of a frame from the server. */
  public Set<String> fromServer() {
    return fromServer.keySet();
  }

  /** What is wrong with the examples, each with its message. */
  public List<String> wrongExamples() {
    return examples.stream()
        .flatMap(
            example ->
                schemas.fault(example.getKey(), example.getValue()).stream()
                    .map(fault -> example.getKey() + fault))
        .toList();
  }

  /** What is wrong with a frame from the server; empty where nothing is. */
  public Optional<String> fault(String text) {
    JsonObject frame;
    try {
      frame = new JsonObject(text);
    } catch (DecodeException noJson) {
      return Optional.of("this is no frame: " + text);
    }
    List<String> forms = fromServer.get(String.valueOf(frame.getValue("t")));
    if (forms == null) {
      return Optional.of("no frame of this type is documented: " + text);
    }
    List<String> wrong = new ArrayList<>();
    for (String form : forms) {
      Optional<String> fault = schemas.fault(form, frame);
      if (fault.isEmpty()) {
        return fault;
      }
      wrong.add(form + " " + fault.get());
    }
    return Optional.of(text + "\n  " + String.join("\n  or ", wrong));
  }
}
