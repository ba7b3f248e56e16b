package chat.parley.abuse;

import static chat.parley.abuse.Abuse.closed;
import static chat.parley.abuse.Abuse.ended;
import static chat.parley.abuse.Abuse.left;
import static chat.parley.abuse.Abuse.lives;
import static chat.parley.abuse.Wire.closing;
import static chat.parley.abuse.Wire.head;
import static chat.parley.abuse.Wire.masked;

import chat.parley.testing.RawSocket;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;

/** On a socket that was let in: frames that are none, or that break RFC 6455. */
final class Frames {
  private static final int PROTOCOL = 1002;
  private static final int NOT_UTF8 = 1007;
  private static final int TOO_BIG = 1009;
  private static final int FINAL = 0x80;
  private static final int UNMASKED_LIVE = 5;
  private static final byte[] PING = utf8("{\"t\":\"ping\",\"d\":{}}");
  private static final byte[] NOT_A_TEXT = {'{', (byte) 0xC3, (byte) 0x28, '}'};

  private Frames() {}

  static List<Abuse> all(String token) {
    List<Abuse> all = new ArrayList<>();
    for (int reserved : List.of(0x40, 0x20, 0x10, 0x70)) {
      all.add(
          closed(
              PROTOCOL,
              "reserved bits " + reserved,
              w -> w.enter(token).frame(Wire.TEXT | reserved, PING)));
    }
    for (int opcode : List.of(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)) {
      all.add(
          closed(PROTOCOL, "opcode " + opcode, w -> w.enter(token).frame(FINAL | opcode, PING)));
    }
    for (int code : List.of(0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535)) {
      all.add(
          closed(
              PROTOCOL,
              "close code " + code,
              w -> w.enter(token).frame(Wire.CLOSE, closing(code))));
    }
    all.addAll(controls(token));
    all.addAll(fragments(token));
    all.addAll(texts(token));
    all.addAll(lengths(token));
    all.addAll(floods(token));
    return all;
  }

  private static List<Abuse> controls(String token) {
    return List.of(
        closed(PROTOCOL, "a ping in fragments", w -> w.enter(token).frame(0x09, PING)),
        closed(PROTOCOL, "a close in fragments", w -> w.enter(token).frame(0x08, closing(1000))),
        closed(PROTOCOL, "a ping of 126 bytes", w -> w.enter(token).frame(Wire.PING, some(126))),
        closed(PROTOCOL, "a pong of 70,000", w -> w.enter(token).frame(Wire.PONG, some(70_000))),
        closed(PROTOCOL, "a close of 126", w -> w.enter(token).frame(Wire.CLOSE, some(126))),
        closed(PROTOCOL, "a close of one byte", w -> w.enter(token).frame(Wire.CLOSE, some(1))),
        closed(
            NOT_UTF8,
            "a reason that is no UTF-8",
            w -> w.enter(token).frame(Wire.CLOSE, closing(1000, (byte) 0xC3, (byte) 0x28))),
        closed(1000, "a good close", w -> w.enter(token).frame(Wire.CLOSE, closing(1000))),
        closed(
            1000,
            "frames after a close",
            w -> w.enter(token).frame(Wire.CLOSE, closing(1000)).frame(Wire.TEXT, PING)),
        lives("pongs that nobody asked for", w -> w.enter(token).frame(Wire.PONG, some(125))),
        lives("a ping of 125 bytes", w -> w.enter(token).frame(Wire.PING, some(125)).until("PONG")),
        closed(4202, "a binary frame", w -> w.enter(token).frame(Wire.BINARY, PING)),
        closed(4202, "an empty binary frame", w -> w.enter(token).frame(Wire.BINARY)),
        closed(
            PROTOCOL,
            "a frame without a mask",
            w -> w.enter(token).say(head(Wire.TEXT, UNMASKED_LIVE)).say("hello")),
        closed(
            PROTOCOL,
            "a close without a mask",
            w -> w.enter(token).say(head(Wire.CLOSE, 2, 3, 232))));
  }

  private static List<Abuse> fragments(String token) {
    return List.of(
        closed(PROTOCOL, "more of nothing", w -> w.enter(token).frame(Wire.LAST, PING)),
        closed(
            PROTOCOL,
            "a text within a text",
            w -> w.enter(token).frame(Wire.FIRST_OF_TEXT, PING).frame(Wire.TEXT, PING)),
        closed(
            PROTOCOL,
            "a beginning within a text",
            w -> w.enter(token).frame(Wire.FIRST_OF_TEXT, PING).frame(Wire.FIRST_OF_TEXT, PING)),
        lives(
            "a ping within a text",
            w -> {
              w.enter(token).frame(Wire.FIRST_OF_TEXT, part(PING, 0, 5));
              w.frame(Wire.PING, some(3)).until("PONG");
              w.frame(Wire.LAST, part(PING, 5, PING.length)).until("pong");
            }),
        lives("a text of one-byte fragments", w -> oneByteFragments(w.enter(token))),
        lives(
            "20,000 empty fragments",
            w -> {
              w.enter(token).frame(Wire.FIRST_OF_TEXT);
              w.say(repeat(masked(Wire.MORE), 20_000)).frame(Wire.LAST, PING).until("pong");
            }),
        closed(
            TOO_BIG,
            "fragments without an end",
            w -> {
              w.enter(token).frame(Wire.FIRST_OF_TEXT, some(1_000));
              for (int i = 0; i < 500; i++) {
                w.frame(Wire.MORE, some(1_000));
              }
            }));
  }

  private static List<Abuse> texts(String token) {
    return List.of(
        closed(NOT_UTF8, "no UTF-8", w -> w.enter(token).frame(Wire.TEXT, NOT_A_TEXT)),
        closed(
            NOT_UTF8,
            "an overlong slash",
            w -> w.enter(token).frame(Wire.TEXT, (byte) 0xC0, (byte) 0xAF)),
        closed(
            NOT_UTF8,
            "a surrogate in UTF-8",
            w -> w.enter(token).frame(Wire.TEXT, (byte) 0xED, (byte) 0xA0, (byte) 0x80)),
        closed(
            NOT_UTF8,
            "beyond Unicode",
            w -> w.enter(token).frame(Wire.TEXT, head(0xF4, 0x90, 0x80, 0x80))),
        closed(NOT_UTF8, "half a character", w -> w.enter(token).frame(Wire.TEXT, (byte) 0xE2)),
        closed(
            NOT_UTF8,
            "half a character in the second fragment",
            w ->
                w.enter(token)
                    .frame(Wire.FIRST_OF_TEXT, (byte) 0xE2)
                    .frame(Wire.LAST, (byte) 0x28)),
        lives(
            "a character over two fragments",
            w -> {
              w.enter(token).frame(Wire.FIRST_OF_TEXT, head('{', '"', 'x', '"', ':', '"', 0xC3));
              w.frame(Wire.LAST, head(0xBC, '"', '}')).until("error/bad_request");
            }));
  }

  private static List<Abuse> lengths(String token) {
    return List.of(
        closed(
            PROTOCOL,
            "a length with the top bit",
            w -> w.enter(token).say(head(Wire.TEXT, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4))),
        closed(
            TOO_BIG,
            "a length of a terabyte",
            w -> w.enter(token).say(head(Wire.TEXT, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4))),
        closed(
            TOO_BIG,
            "a frame of 1 MB",
            w -> w.enter(token).say(head(Wire.TEXT, 0xFF, 0, 0, 0, 0, 0, 16, 0, 0, 1, 2, 3, 4))),
        closed(
            PROTOCOL,
            "a length longer than it need be",
            w -> w.enter(token).say(head(Wire.TEXT, 0xFE, 0, 5, 1, 2, 3, 4)).say("hello")),
        closed(
            PROTOCOL,
            "64 bits for a length of five",
            w -> w.enter(token).say(head(Wire.TEXT, 0xFF, 0, 0, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4))),
        closed(4202, "a text of 70 KB", w -> w.enter(token).frame(Wire.TEXT, some(70_000))),
        closed(
            4002,
            "a frame that is announced and never comes",
            w -> w.upgrade(RawSocket.WS).say(head(Wire.TEXT, 0xFE, 0xEA, 0x60, 1, 2, 3, 4))),
        closed(
            4002,
            "a hello a byte at a time",
            w -> w.upgrade(RawSocket.WS).trickle(latin1(masked(Wire.TEXT, some(200))), 60)),
        left(
            "a reset in the midst of a frame",
            w -> w.enter(token).say(head(Wire.TEXT, 0xFE, 0xEA, 0x60, 1, 2, 3, 4, 5)).reset()),
        ended(
            "half a close in the midst of a frame",
            w -> w.enter(token).say(head(Wire.TEXT, 0xFE, 0xEA, 0x60, 1, 2, 3, 4, 5)).halfClose()));
  }

  private static List<Abuse> floods(String token) {
    return List.of(
        lives(
            "30,000 pings whose answers are not read",
            w -> w.enter(token).say(repeat(masked(Wire.PING, some(125)), 30_000))),
        lives(
            "5,000 frames at once",
            w -> w.enter(token).say(repeat(masked(Wire.TEXT, PING), 5_000))),
        lives(
            "5,000 frames that are no JSON",
            w -> w.enter(token).say(repeat(masked(Wire.TEXT, some(10)), 5_000))),
        closed(
            PROTOCOL,
            "a bomb of permessage-deflate, which is off",
            w -> {
              w.say(
                  Wire.opening(RawSocket.WS, "Sec-WebSocket-Extensions: permessage-deflate; x=1"));
              w.status();
              w.frame(Wire.TEXT | 0x40, bomb());
            }),
        ended(
            "garbage right behind the opening",
            w -> {
              w.say(Wire.opening(RawSocket.WS) + "\r\n\r\nGET / HTTP/1.1\r\n\r\n");
              w.status();
            }),
        ended(
            "a second opening right behind the first",
            w -> {
              w.say(Wire.opening(RawSocket.WS) + Wire.opening(RawSocket.WS));
              w.status();
            }));
  }

  private static void oneByteFragments(Wire wire) throws Exception {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    byte[] text = utf8("{\"t\":\"ping\",\"d\":{\"x\":\"" + "x".repeat(8_000) + "\"}}");
    for (int i = 0; i < text.length; i++) {
      int first = i == 0 ? Wire.FIRST_OF_TEXT : i == text.length - 1 ? Wire.LAST : Wire.MORE;
      frames.write(masked(first, text[i]));
    }
    wire.say(frames.toByteArray()).until("pong");
  }

  /** 60 MB of zeros in some 60 KB. */
  private static byte[] bomb() {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    byte[] zeros = new byte[1 << 20];
    byte[] small = new byte[1 << 16];
    int length = 0;
    for (int i = 0; i < 60; i++) {
      deflater.setInput(zeros);
      length += deflater.deflate(small, length, small.length - length, Deflater.SYNC_FLUSH);
    }
    deflater.end();
    return Arrays.copyOf(small, length);
  }

  private static byte[] repeat(byte[] frame, int times) {
    byte[] all = new byte[frame.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(frame, 0, all, i * frame.length, frame.length);
    }
    return all;
  }

  private static byte[] part(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private static byte[] some(int length) {
    byte[] some = new byte[length];
    Arrays.fill(some, (byte) 'x');
    return some;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
