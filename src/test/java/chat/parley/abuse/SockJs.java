package chat.parley.abuse;

import static chat.parley.abuse.Abuse.answered;
import static chat.parley.abuse.Abuse.closed;
import static chat.parley.abuse.Abuse.ended;
import static chat.parley.abuse.Abuse.left;

import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The fallbacks: their framing, their sessions, and who may use them. */
final class SockJs {
  private static final AtomicInteger SESSIONS = new AtomicInteger();

  private SockJs() {}

  static List<Abuse> all(int port, String token) {
    String hello = new JsonArray().add(Wire.hello(token)).encode();
    return List.of(
        answered(404, "a word to no session", w -> w.say(post("/1/none/xhr_send", hello))),
        answered(500, "a word that is no JSON", w -> w.say(post(opened(port) + "/xhr_send", "["))),
        answered(500, "a word that is nothing", w -> w.say(post(opened(port) + "/xhr_send", ""))),
        answered(
            204,
            "a word that is an object",
            w -> w.say(post(opened(port) + "/xhr_send", "{\"a\":1}"))),
        answered(
            413,
            "a word of 300 KB",
            w -> w.say(post(opened(port) + "/xhr_send", "[\"" + "x".repeat(300_000) + "\"]"))),
        answered(404, "a session's name with a dot", w -> w.say(post("/1/a.b/xhr", ""))),
        answered(404, "a session without a name", w -> w.say(post("/1//xhr", ""))),
        answered(404, "a way that is off", w -> w.say(get("/1/x/jsonp?c=alert"))),
        answered(404, "another way that is off", w -> w.say(get("/1/x/htmlfile?c=alert"))),
        answered(404, "a third way that is off", w -> w.say(get("/1/x/eventsource"))),
        answered(404, "a session by DELETE", w -> w.say(request("DELETE", "/1/x/xhr", ""))),
        answered(403, "an evil page", w -> w.say(with(post("/1/x/xhr", ""), "Origin: http://x.x"))),
        answered(
            403,
            "an evil page's socket",
            w -> w.say(Wire.opening("/v1/sockjs/1/x/websocket", "Origin: http://x.x"))),
        answered(400, "a token in its URL", w -> w.say(post("/1/x/xhr?token=abc", ""))),
        answered(
                404,
                "another's session is spoken in",
                w -> w.say(post(opened(port) + "/xhr_send", hello)))
            .from("127.0.0.2"),
        answered(
                404,
                "another's session is listened to",
                w -> w.say(post(opened(port) + "/xhr", "")))
            .from("127.0.0.2"),
        answered(
            204,
            "one's own session after another's try",
            w -> {
              String session = opened(port);
              try (Wire other = new Wire(port, "127.0.0.2")) {
                other.say(post(session + "/xhr_send", hello)).status();
                other.say(Wire.opening("/v1/sockjs" + session + "/websocket")).status();
              }
              w.say(post(session + "/xhr_send", hello));
            }),
        answered(
            400,
            "its socket with a key that is none",
            w ->
                w.say(
                    Wire.opening("/v1/sockjs/1/x/websocket")
                        .replace("dGhlIHNhbXBsZSBub25jZQ", "x"))),
        ended("a word that is no JSON on its socket", w -> socket(w).text("[nonsense")),
        ended("an object on its socket", w -> socket(w).text("{\"t\":\"ping\"}")),
        ended("numbers on its socket", w -> socket(w).text("[1,2,3]")),
        ended("no hello on its socket", SockJs::socket),
        closed(
            1007,
            "no UTF-8 on its bare socket",
            w -> w.upgrade("/v1/sockjs/websocket").frame(Wire.TEXT, (byte) 0xC0)),
        closed(4202, "no hello on its bare socket", SockJs::bareSocketWithNonsense),
        left("a session that is never listened to", w -> w.say(post(fresh() + "/xhr", ""))));
  }

  private static void bareSocketWithNonsense(Wire wire) throws IOException {
    wire.upgrade("/v1/sockjs/websocket").text("{\"t\":\"ping\"}");
  }

  private static Wire socket(Wire wire) throws IOException {
    return wire.upgrade("/v1/sockjs" + fresh() + "/websocket");
  }

  /** A session that somebody has opened from where all but thieves are. */
  private static String opened(int port) throws IOException {
    String session = fresh();
    try (Wire owner = new Wire(port, "127.0.0.1")) {
      if (!owner.say(post(session + "/xhr", "")).status().equals("200")) {
        throw new IOException("no session: " + owner.heard());
      }
    }
    return session;
  }

  private static String fresh() {
    return "/1/abuse-" + SESSIONS.incrementAndGet();
  }

  private static String get(String path) {
    return request("GET", path, "");
  }

  private static String post(String path, String body) {
    return request("POST", path, body);
  }

  private static String with(String request, String header) {
    return request.replace("\r\n\r\n", "\r\n" + header + "\r\n\r\n");
  }

  private static String request(String method, String path, String body) {
    return method
        + " /v1/sockjs"
        + path
        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}
