package chat.parley.testing;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What {@code openapi.yaml} says of answers. */
public final class RestDocument {
  private static final String PROBLEM = "application/problem+json";
  private static final Pattern VARIABLE = Pattern.compile("\\{[^}]+}");

  /** Those that a call need not name one by one: HTTP's own, and a fault of the server. */
  private static final Set<Integer> BY_DEFAULT = Set.of(405, 406, 413, 414, 415, 431, 500);

  /** What a path that is none is answered with. */
  private static final Set<Integer> OF_NO_CALL =
      Set.of(400, 403, 404, 405, 413, 414, 429, 431, 500, 503);

  private record Answer(JsonObject headers, Map<String, String> schemas) {}

  private record Call(
      String id, String method, String path, Pattern form, Map<String, Answer> answers) {}

  private record Example(String schema, Object value) {}

  private final ApiSchemas schemas;
  private final List<Call> calls = new ArrayList<>();
  private final List<Example> examples = new ArrayList<>();

  RestDocument(ApiSchemas schemas) {
    this.schemas = schemas;
    ApiDocument.OPENAPI
        .json()
        .getJsonObject("paths")
        .forEach(path -> read(path.getKey(), (JsonObject) path.getValue()));
    // As OpenAPI has it: a path without variables is meant before one with them.
    calls.sort(Comparator.comparing(call -> call.path().contains("{")));
  }

  private void read(String path, JsonObject item) {
    String quoted = Pattern.quote(path);
    Pattern form = Pattern.compile(VARIABLE.matcher(quoted).replaceAll("\\\\E[^/]+\\\\Q") + "/?");
    for (String method : item.fieldNames()) {
      if (method.equals("parameters")) {
        continue;
      }
      JsonObject operation = item.getJsonObject(method);
      String id = operation.getString("operationId");
      content(id + ".request", operation.getJsonObject("requestBody", new JsonObject()));
      Map<String, Answer> answers = new LinkedHashMap<>();
      for (String status : operation.getJsonObject("responses").fieldNames()) {
        answers.put(
            status,
            answer(
                id + "." + status,
                resolved(operation.getJsonObject("responses").getJsonObject(status))));
      }
      calls.add(new Call(id, method.toUpperCase(), path, form, answers));
    }
  }

  private Answer answer(String name, JsonObject response) {
    JsonObject headers = new JsonObject();
    JsonObject named = response.getJsonObject("headers", new JsonObject());
    for (String header : named.fieldNames()) {
      String schema = name + "." + header;
      schemas.add(schema, resolved(named.getJsonObject(header)).getJsonObject("schema"));
      headers.put(header, schema);
    }
    return new Answer(headers, content(name, response));
  }

  /** Takes in what a request or answer may hold; the schemas' names by media type. */
  private Map<String, String> content(String name, JsonObject holder) {
    Map<String, String> byType = new LinkedHashMap<>();
    JsonObject content = holder.getJsonObject("content", new JsonObject());
    for (String type : content.fieldNames()) {
      JsonObject media = content.getJsonObject(type);
      String schema = name + "." + byType.size();
      schemas.add(schema, media.getJsonObject("schema"));
      byType.put(type, schema);
      if (media.containsKey("example")) {
        examples.add(new Example(schema, media.getValue("example")));
      }
      JsonObject named = media.getJsonObject("examples", new JsonObject());
      named.forEach(
          one ->
              examples.add(new Example(schema, ((JsonObject) one.getValue()).getValue("value"))));
    }
    return byType;
  }

  private static JsonObject resolved(JsonObject value) {
    return ApiDocument.OPENAPI.resolved(value);
  }

  /** Every call, {@code METHOD path} with path variables as {@code :name}. */
  public List<String> calls() {
    return calls.stream()
        .map(call -> call.method() + " " + call.path().replaceAll("\\{([^}]+)}", ":$1"))
        .toList();
  }

  /** The ids of the calls. */
  public List<String> ids() {
    return calls.stream().map(Call::id).toList();
  }

  /** What is wrong with the examples, each with its place. */
  public List<String> wrongExamples() {
    return examples.stream()
        .flatMap(
            example ->
                schemas.fault(example.schema(), example.value()).stream()
                    .map(fault -> example.schema() + fault))
        .toList();
  }

  /**
   * What is wrong with an answer; empty where nothing is.
   *
   * @param target the request's path, with or without its query
   * @param header a header of the answer, or null
   * @param body the answer's; empty where there is none
   */
  public Optional<String> fault(
      String method, String target, int status, Function<String, String> header, String body) {
    String path = target.split("\\?", 2)[0].replaceAll("%3[Aa]", ":");
    boolean head = method.equals("HEAD");
    Optional<Call> call =
        calls.stream()
            .filter(one -> one.method().equals(head ? "GET" : method))
            .filter(one -> one.form().matcher(path).matches())
            .findFirst();
    Optional<String> fault =
        call.isPresent()
            ? fault(call.get(), status, header, head ? null : body)
            : ofNoCall(path, status, header, body);
    return fault.map(text -> method + " " + target + " → " + status + " " + body + "\n  " + text);
  }

  private Optional<String> fault(
      Call call, int status, Function<String, String> header, String body) {
    Answer answer = call.answers().get(String.valueOf(status));
    if (answer == null && BY_DEFAULT.contains(status)) {
      answer = call.answers().get("default");
    }
    if (answer == null) {
      return Optional.of(call.id() + " has no answer with this status");
    }
    for (String name : answer.headers().fieldNames()) {
      String value = header.apply(name);
      if (value == null) {
        return Optional.of("the header " + name + " is missing");
      }
      Optional<String> wrong = schemas.fault(answer.headers().getString(name), value);
      if (wrong.isPresent()) {
        return wrong.map(text -> "the header " + name + text);
      }
    }
    return body == null ? Optional.empty() : ofBody(answer, header.apply("Content-Type"), body);
  }

  private Optional<String> ofBody(Answer answer, String contentType, String body) {
    if (answer.schemas().isEmpty()) {
      return body.isEmpty() ? Optional.empty() : Optional.of("there should be no body");
    }
    String type = contentType == null ? "none" : contentType.split(";", 2)[0].strip();
    String schema = answer.schemas().get(type);
    if (schema == null) {
      return Optional.of("the body should be " + answer.schemas().keySet() + " and is " + type);
    }
    try {
      return schemas.fault(schema, type.endsWith("json") ? Json.decodeValue(body) : body);
    } catch (DecodeException noJson) {
      return Optional.of("the body is no JSON");
    }
  }

  /** Pages and scripts are no calls; what else there is not is refused by a problem. */
  private Optional<String> ofNoCall(
      String path, int status, Function<String, String> header, String body) {
    String type = String.valueOf(header.apply("Content-Type"));
    if (!type.equals(PROBLEM)) {
      boolean api = path.matches("/v1(/.*)?") && !path.startsWith("/v1/sockjs");
      return api && status != 204 ? Optional.of("there is no such call") : Optional.empty();
    }
    if (!OF_NO_CALL.contains(status)) {
      return Optional.of("this is no status for a path that is no call");
    }
    return body.isEmpty() ? Optional.empty() : schemas.fault("Problem", new JsonObject(body));
  }
}
