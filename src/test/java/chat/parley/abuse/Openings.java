package chat.parley.abuse;

import static chat.parley.abuse.Abuse.answered;
import static chat.parley.abuse.Abuse.ended;
import static chat.parley.abuse.Abuse.left;
import static chat.parley.abuse.Wire.opening;

import chat.parley.testing.RawSocket;
import java.util.List;

/** Before there is a socket: requests and openings of WebSockets that are wrong. */
final class Openings {
  private static final String WS = RawSocket.WS;
  private static final String VERSION = "Sec-WebSocket-Version: 13";
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

  private Openings() {}

  static List<Abuse> all() {
    return List.of(
        answered(426, "no Upgrade", w -> w.say(without("Upgrade: websocket"))),
        answered(426, "no Connection", w -> w.say(without("Connection: Upgrade"))),
        answered(426, "another Upgrade", w -> w.say(with("websocket\r\nC", "h2c\r\nC"))),
        answered(405, "by POST", w -> w.say(with("GET", "POST"))),
        answered(426, "no version, as before the RFC", w -> w.say(without(VERSION))),
        answered(426, "version 8", w -> w.say(with("Version: 13", "Version: 8"))),
        answered(426, "version 0", w -> w.say(with("Version: 13", "Version: 0"))),
        answered(426, "version 99", w -> w.say(with("Version: 13", "Version: 99"))),
        answered(426, "version in words", w -> w.say(with("Version: 13", "Version: latest"))),
        answered(
            426,
            "the opening of Hixie 76",
            w -> w.say(with(VERSION, "Sec-WebSocket-Key1: 1 2\r\nSec-WebSocket-Key2: 3 4"))),
        answered(400, "no key", w -> w.say(without(KEY))),
        answered(400, "an empty key", w -> w.say(with(KEY, "Sec-WebSocket-Key: "))),
        answered(400, "a short key", w -> w.say(with(KEY, "Sec-WebSocket-Key: YWJj"))),
        answered(400, "a key that is no base64", w -> w.say(with(KEY, "Sec-WebSocket-Key: %%%"))),
        answered(400, "two keys", w -> w.say(with(KEY, KEY + "\r\n" + KEY))),
        answered(400, "no Host", w -> w.say(without("Host: 127.0.0.1"))),
        answered(400, "a Host that is none", w -> w.say(with("Host: 127.0.0.1", "Host: a b"))),
        answered(400, "two Hosts", w -> w.say(opening(WS, "Host: evil.example"))),
        answered(403, "an evil Origin", w -> w.say(opening(WS, "Origin: https://evil.example"))),
        answered(403, "Origin null", w -> w.say(opening(WS, "Origin: null"))),
        answered(403, "an empty Origin", w -> w.say(opening(WS, "Origin: "))),
        answered(
            403, "a host within another", w -> w.say(opening(WS, "Origin: http://127.0.0.1@x.x"))),
        answered(403, "the Origin of a file", w -> w.say(opening(WS, "Origin: file://127.0.0.1"))),
        answered(400, "a token in the URL", w -> w.say(opening(WS + "?token=abc"))),
        answered(404, "a socket elsewhere", w -> w.say(opening("/v1/wss"))),
        answered(431, "a header of 20 KB", w -> w.say(opening(WS, "X-A: " + "a".repeat(20_000)))),
        answered(
            431, "5,000 headers", w -> w.say(opening(WS, "X-A: a\r\n".repeat(5_000) + "X: x"))),
        answered(414, "a URL of 10 KB", w -> w.say(opening(WS + "?" + "a".repeat(10_000)))),
        answered(400, "no colon in a header", w -> w.say(opening(WS, "nonsense"))),
        answered(400, "a header's name with a space", w -> w.say(opening(WS, "X A: a"))),
        answered(400, "NUL in a header", w -> w.say(opening(WS, "X-A: a\0b"))),
        answered(400, "two lengths", w -> w.say(body("Content-Length: 4\r\nContent-Length: 5"))),
        answered(400, "a negative length", w -> w.say(body("Content-Length: -1"))),
        answered(400, "a length in words", w -> w.say(body("Content-Length: four"))),
        answered(
            400,
            "a length and chunks",
            w -> w.say(body("Content-Length: 4\r\nTransfer-Encoding: chunked"))),
        answered(400, "no HTTP", w -> w.say("hello, is this a chat?\r\n\r\n")),
        answered(501, "HTTP of another world", w -> w.say(with("HTTP/1.1", "HTTP/9.9"))),
        answered(400, "a greeting of TLS", w -> w.say(tlsHello() + "\r\n\r\n")),
        answered(501, "a preface of HTTP/2", w -> w.say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
        ended("a connection that says nothing", w -> {}),
        ended("an opening a byte at a time", w -> w.trickle(opening(WS), 400)),
        ended("half an opening", w -> w.say(opening(WS).substring(0, 60))),
        ended(
            "a second request, a byte at a time",
            w -> {
              w.say("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").status();
              w.trickle(opening(WS), 400);
            }),
        ended("half an opening and half a close", w -> w.say("GET /v1/ws HTT").halfClose()),
        left("a reset in the opening", w -> w.say("GET /v1/ws HTT").reset()),
        left("a reset right after the opening", w -> w.say(opening(WS)).reset()));
  }

  private static String with(String part, String other) {
    return opening(WS).replace(part, other);
  }

  private static String without(String line) {
    return opening(WS).replace(line + "\r\n", "");
  }

  private static String body(String lengths) {
    return "POST /v1/sessions HTTP/1.1\r\nHost: x\r\n" + lengths + "\r\n\r\n{}{}";
  }

  private static String tlsHello() {
    return "\26\3\1\0\5\1\0\0\1\3";
  }
}
