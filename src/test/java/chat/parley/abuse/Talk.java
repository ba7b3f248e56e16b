package chat.parley.abuse;

import static chat.parley.abuse.Abuse.closed;
import static chat.parley.abuse.Abuse.left;
import static chat.parley.abuse.Abuse.lives;
import static chat.parley.abuse.Abuse.refused;

import chat.parley.testing.RawSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Good frames whose words are not: JSON that is meant to hurt, and hellos that are none. */
final class Talk {
  private static final String NOT = "bad_request";

  private Talk() {}

  static List<Abuse> all(String token) {
    return List.of(
        bad(token, "30,000 levels", "[".repeat(30_000)),
        bad(token, "30,000 levels of objects", "{\"a\":".repeat(10_000)),
        bad(token, "17 levels", data("[".repeat(16) + "]".repeat(16))),
        bad(token, "a number of 60,000 digits", data("9".repeat(60_000))),
        bad(token, "a number with an exponent of 9 digits", read("1e999999999")),
        bad(token, "a number just beyond a long", read("9223372036854775808")),
        bad(token, "a negative number", read("-1")),
        bad(token, "minus zero, with a point", read("-0.0")),
        bad(token, "not a number", read("NaN")),
        bad(token, "a key twice", "{\"t\":\"ping\",\"t\":\"hello\"}"),
        bad(token, "a key twice, once escaped", "{\"t\":\"ping\",\"\\u0074\":\"hello\"}"),
        bad(token, "a comment", "{\"t\":\"ping\"/* hi */}"),
        bad(token, "single quotes", "{'t':'ping'}"),
        bad(token, "something behind the object", "{\"t\":\"ping\"}x"),
        bad(token, "a byte order mark", "\uFEFF{\"t\":\"ping\"}"),
        bad(token, "NUL outside of a string", "{\0\"t\":\"ping\"}"),
        bad(token, "a raw line break in a string", "{\"t\":\"pi\nng\"}"),
        bad(token, "an unfinished escape", "{\"t\":\"pi\\"),
        bad(token, "a lone surrogate in an id", "{\"t\":\"ping\",\"id\":\"\\ud800\"}"),
        bad(token, "an id of 65 characters", "{\"t\":\"ping\",\"id\":\"" + "i".repeat(65) + "\"}"),
        bad(token, "an id that is a number", "{\"t\":\"ping\",\"id\":1}"),
        bad(token, "a lone surrogate in a message", send("\"\\udc00\"")),
        bad(token, "a text that is a list", send("[]")),
        bad(token, "the names of every object's parts", "{\"__proto__\":{},\"constructor\":1}"),
        bad(token, "600 people watched", watch(600)),
        lives("5,000 keys that nobody knows", w -> w.enter(token).text(keys(5_000)).until("pong")),
        refused(
            "not_found",
            "NUL in a message to nowhere",
            w -> w.enter(token).text(send("\"a\\u0000b\"")).until("error/not_found#1")),
        refused(NOT, "hello twice", w -> w.enter(token).text(Wire.hello(token)).until(error(NOT))),
        refused(
            NOT,
            "two hellos in one breath",
            w ->
                w.upgrade(RawSocket.WS)
                    .text(Wire.hello(token))
                    .text(Wire.hello(token))
                    .until("sync.end")
                    .until(error(NOT))),
        closed(4002, "no hello", w -> w.upgrade(RawSocket.WS)),
        closed(
            4002, "pings for a hello", w -> w.upgrade(RawSocket.WS).frame(Wire.PING).until("PONG")),
        closed(4202, "a ping first", w -> w.upgrade(RawSocket.WS).text("{\"t\":\"ping\"}")),
        closed(4202, "a hello without a token", w -> w.upgrade(RawSocket.WS).text(say("hello"))),
        closed(4202, "a hello that is no JSON", w -> w.upgrade(RawSocket.WS).text("hello")),
        closed(4100, "a token of nothing", w -> w.upgrade(RawSocket.WS).text(Wire.hello(""))),
        closed(4100, "a token of 9 KB", w -> w.upgrade(RawSocket.WS).text(Wire.hello(longToken()))),
        closed(4100, "a forged token", w -> w.upgrade(RawSocket.WS).text(Wire.hello(token + "x"))),
        closed(
            4202,
            "a hello with a bad cursor",
            w ->
                w.upgrade(RawSocket.WS)
                    .text(Wire.hello(token).replace("}}", ",\"cursors\":{\"a\":-1}}}"))),
        left(
            "gone right after hello", w -> w.upgrade(RawSocket.WS).text(Wire.hello(token)).reset()),
        left(
            "half gone right after hello",
            w -> w.upgrade(RawSocket.WS).text(Wire.hello(token)).halfClose()));
  }

  private static Abuse bad(String token, String name, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return refused(NOT, name, w -> w.enter(token).frame(Wire.TEXT, utf8));
  }

  private static String error(String code) {
    return "error/" + code;
  }

  private static String say(String type) {
    return "{\"t\":\"" + type + "\",\"d\":{}}";
  }

  private static String data(String value) {
    return "{\"t\":\"ping\",\"d\":{\"a\":" + value + "}}";
  }

  private static String read(String seq) {
    return "{\"t\":\"receipt.read\",\"d\":{\"conversationId\":\"x\",\"seq\":" + seq + "}}";
  }

  private static String send(String text) {
    return "{\"t\":\"message.send\",\"id\":\"1\",\"d\":{\"conversationId\":\"nowhere\","
        + "\"clientMsgId\":\"x\",\"body\":{\"text\":"
        + text
        + "}}}";
  }

  private static String watch(int many) {
    return "{\"t\":\"presence.watch\",\"d\":{\"userIds\":"
        + IntStream.range(0, many)
            .mapToObj(i -> "\"u" + i + "\"")
            .collect(Collectors.joining(",", "[", "]"))
        + "}}";
  }

  private static String keys(int many) {
    return "{\"t\":\"ping\",\"d\":{"
        + IntStream.range(0, many).mapToObj(i -> "\"" + i + "\":0").collect(Collectors.joining(","))
        + "}}";
  }

  private static String longToken() {
    return "t".repeat(9_000);
  }
}
