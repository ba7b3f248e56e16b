package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.testing.AuthorizationTable;
import chat.parley.testing.Crowd;
import chat.parley.testing.Documented;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import chat.parley.testing.SharedServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Asks a server everything that there is to ask, as everybody who might, and compares what comes of
 * it with the authorization table, cell by cell.
 */
class AuthorizationIT {
  private static final ParleyServer SERVER = SharedServer.get();
  private static final List<String> WITHOUT_TOKEN =
      List.of("none", "expired", "audience", "foreign");

  /** Frames that are not answered: that nothing comes is what is to be found. */
  private static final Duration QUIET = Duration.ofMillis(300);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static AuthorizationTable table;
  private static Crowd crowd;
  private static AuthorizationScene scene;

  @BeforeAll
  static void letThemMeet() {
    table = new AuthorizationTable();
    crowd = new Crowd(SERVER);
    scene = new AuthorizationScene(crowd);
  }

  @AfterAll
  static void part() {
    crowd.close();
  }

  @Test
  void everyCallIsDecidedAsTheTableSays() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (String operation : table.calls()) {
      for (String column : table.columns()) {
        compare(wrong, "REST", operation, column, call(operation, column));
      }
    }
    assertThat(wrong).as(explained(wrong)).isEmpty();
  }

  @Test
  void everyFrameIsDecidedAsTheTableSaysOnAWebSocket() {
    everyFrame(RawSocket.WS);
  }

  @Test
  void everyFrameIsDecidedAsTheTableSaysOnSockJs() {
    everyFrame(RawSocket.SOCKJS);
  }

  private static void everyFrame(String path) {
    List<String> wrong = new ArrayList<>();
    for (String column : table.columns()) {
      Optional<RawSocket> entered =
          WITHOUT_TOKEN.contains(column)
              ? Optional.empty()
              : Optional.of(crowd.socket(path).enter(scene.token(column)));
      for (String type : table.frames()) {
        String decision =
            entered.isPresent() && !type.equals("hello")
                ? asked(entered.get(), type, column)
                : first(crowd.socket(path), type, column);
        compare(wrong, path, type, column, decision);
      }
      entered.ifPresent(RawSocket::close);
    }
    assertThat(wrong).as(explained(wrong)).isEmpty();
  }

  private static void compare(
      List<String> wrong, String way, String operation, String column, String found) {
    String wanted = table.decision(operation, column);
    if (!wanted.equals(found)) {
      wrong.add("%s, %s, %s: %s and not %s".formatted(way, operation, column, found, wanted));
    }
  }

  private static String explained(List<String> wrong) {
    return wrong.size() + " cells are decided otherwise:\n" + String.join("\n", wrong);
  }

  /** {@code ok}, {@code empty} for a page without anything, or the status. */
  private String call(String operation, String column) throws IOException, InterruptedException {
    AuthorizationScene.Ask ask = scene.ask(operation, column);
    String method = operation.substring(0, operation.indexOf(' '));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(SERVER.httpUrl() + ask.path()))
            .method(
                method,
                ask.body() == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(ask.body().encode()));
    if (ask.token() != null) {
      request.header("Authorization", "Bearer " + ask.token());
    }
    HttpResponse<String> answer = Documented.send(request.build());
    scene.answered(operation, answer.body());
    if (answer.statusCode() / 100 != 2) {
      return String.valueOf(answer.statusCode());
    }
    return isEmptyPage(operation, answer.body()) ? "empty" : "ok";
  }

  /** Where what somebody sees ends, a page is there and holds nothing. */
  private static boolean isEmptyPage(String operation, String body) {
    return (operation.endsWith("/messages") || operation.endsWith("/changes"))
        && operation.startsWith("GET")
        && new JsonObject(body).getJsonArray("items", new JsonArray().add("x")).isEmpty();
  }

  /** The frame as the first word, or after a hello that is refused. */
  private static String first(RawSocket socket, String type, String column) {
    String token = scene.token(column);
    if (token != null) {
      socket.say("hello", "h", new JsonObject().put("token", token));
      if (WITHOUT_TOKEN.contains(column)) {
        String refused = answer(socket, "h", PATIENCE).orElse("quiet");
        assertThat(socket.closeCode()).as(type + " " + column).isEqualTo(4100);
        return refused;
      }
      String entered = answer(socket, "h", PATIENCE).orElse("quiet");
      socket.close();
      return entered;
    }
    socket.say(type, "1", scene.frame(type, column));
    assertThat(answer(socket, "1", PATIENCE)).as(type + " " + column).contains("400");
    assertThat(socket.closeCode()).as(type + " " + column).isEqualTo(4202);
    return "closed";
  }

  private static String asked(RawSocket socket, String type, String column) {
    String id = UUID.randomUUID().toString();
    socket.say(type, id, scene.frame(type, column));
    if (!table.decision(type, column).equals("quiet")) {
      return answer(socket, id, PATIENCE).orElse("quiet");
    }
    // What is asked later is answered: then what was asked before would be soon.
    String later = UUID.randomUUID().toString();
    socket.say("ping", later, new JsonObject());
    assertThat(answer(socket, later, PATIENCE)).contains("ok");
    return answer(socket, id, QUIET).orElse("quiet");
  }

  /** {@code ok}, the status of an error, or nothing where nothing comes. */
  private static Optional<String> answer(RawSocket socket, String id, Duration patience) {
    List<JsonObject> answers = new ArrayList<>();
    try {
      Awaitility.await()
          .pollInterval(Duration.ofMillis(5))
          .pollDelay(Duration.ZERO)
          .atMost(patience)
          .until(
              () -> {
                socket.heard().stream()
                    .map(JsonObject::new)
                    .filter(frame -> id.equals(frame.getString("id")))
                    .forEach(answers::add);
                return !answers.isEmpty();
              });
    } catch (ConditionTimeoutException nothing) {
      return Optional.empty();
    }
    JsonObject answer = answers.get(0);
    return Optional.of(
        answer.getString("t").equals("error")
            ? String.valueOf(answer.getJsonObject("d").getInteger("status"))
            : "ok");
  }
}
