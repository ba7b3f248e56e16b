package chat.parley.abuse;

import chat.parley.testing.RawSocket;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A bare TCP line to a server, to say what no client would. What comes back is noted word by word:
 * a status ({@code 400}), a text frame ({@code error/bad_request#id}), {@code PONG}, {@code
 * CLOSE/1002}, and {@link #END} when the server has ended the line.
 */
final class Wire implements Closeable {
  static final String END = "END";

  /** What {@link #hear} comes to when nothing more comes, though the line is open. */
  static final String SILENCE = "SILENCE";

  static final int TEXT = 0x81;
  static final int BINARY = 0x82;
  static final int CLOSE = 0x88;
  static final int PING = 0x89;
  static final int PONG = 0x8A;
  static final int FIRST_OF_TEXT = 0x01;
  static final int MORE = 0x00;
  static final int LAST = 0x80;

  private static final int SHORT_LENGTH = 125;
  private static final int OPCODE = 0x0F;
  private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

  private final List<String> words = new ArrayList<>();
  private final Socket socket;
  private final DataInputStream in;

  Wire(int port, String from) throws IOException {
    socket = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(from), 0);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** All that was heard so far. */
  String heard() {
    return String.join(" ", words);
  }

  Wire say(String latin1) throws IOException {
    return say(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  Wire say(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Says something a byte at a time, so slowly, until the server ends the line. */
  Wire trickle(String latin1, int everyMs) throws Exception {
    for (byte one : latin1.getBytes(StandardCharsets.ISO_8859_1)) {
      socket.getOutputStream().write(one);
      Thread.sleep(everyMs);
    }
    return this;
  }

  /** A good opening of a WebSocket, in lines; those given come on top. */
  static String opening(String path, String... more) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + (more.length == 0 ? "" : String.join("\r\n", more) + "\r\n")
        + "\r\n";
  }

  Wire upgrade(String path) throws IOException {
    say(opening(path));
    if (!status().equals("101")) {
      throw new IOException("no socket: " + heard());
    }
    return this;
  }

  /** Becomes a WebSocket, says hello and is let in. */
  Wire enter(String token) throws Exception {
    return upgrade(RawSocket.WS).text(hello(token)).until("sync.end");
  }

  static String hello(String token) {
    return "{\"t\":\"hello\",\"d\":{\"token\":\"" + token + "\"}}";
  }

  Wire text(String text) throws IOException {
    return frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A masked frame; {@code first} is its first byte: flags and opcode. */
  Wire frame(int first, byte... payload) throws IOException {
    return say(masked(first, payload));
  }

  static byte[] masked(int first, byte... payload) {
    int length = payload.length;
    byte[] head =
        length <= SHORT_LENGTH
            ? head(first, 0x80 | length)
            : length <= 0xFFFF
                ? head(first, 0x80 | 126, length >> 8, length)
                : head(
                    first, 0x80 | 127, 0, 0, 0, 0, length >> 24, length >> 16, length >> 8, length);
    ByteBuffer frame = ByteBuffer.allocate(head.length + MASK.length + length);
    frame.put(head).put(MASK);
    for (int i = 0; i < length; i++) {
      frame.put((byte) (payload[i] ^ MASK[i % MASK.length]));
    }
    return frame.array();
  }

  /** Bytes as they are. */
  static byte[] head(int... bytes) {
    byte[] head = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      head[i] = (byte) bytes[i];
    }
    return head;
  }

  /** The body of a close frame. */
  static byte[] closing(int code, byte... reason) {
    return ByteBuffer.allocate(2 + reason.length).putShort((short) code).put(reason).array();
  }

  /** Ends this side's half of the line. */
  Wire halfClose() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Resets the line. */
  Wire reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
    return this;
  }

  /** Hears an answer of HTTP: its status, which is noted too, or {@link #END}. */
  String status() throws IOException {
    socket.setSoTimeout(Abuse.PATIENCE_MS);
    try {
      String head = httpHead();
      String lower = head.toLowerCase(Locale.ROOT);
      int at = lower.indexOf("\r\ncontent-length:");
      if (at >= 0) {
        String length = lower.substring(at + 17, lower.indexOf("\r\n", at + 2)).strip();
        mustNotTell(new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8));
      }
      mustNotTell(head);
      words.add(head.substring(9, 12));
    } catch (SocketTimeoutException silent) {
      words.add(SILENCE);
    } catch (EOFException | SocketException ended) {
      words.add(END);
    }
    return words.get(words.size() - 1);
  }

  private String httpHead() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  /** Hears frames until one is noted as this word. */
  Wire until(String word) throws IOException {
    while (!words.contains(word)) {
      if (hear(Abuse.PATIENCE_MS).equals(SILENCE) || words.contains(END)) {
        throw new IOException("no " + word + ": " + heard());
      }
    }
    return this;
  }

  /** Hears frames until the line ends or is silent for so long. */
  Wire toTheEnd() throws IOException {
    while (!words.contains(END) && !hear(Abuse.PATIENCE_MS).equals(SILENCE)) {
      // each word is noted
    }
    return this;
  }

  /** Takes what has come and looks at none of it. */
  void drain() throws IOException {
    while (in.available() > 0) {
      in.skipBytes(in.available());
    }
  }

  /** Hears a frame and notes it. */
  private String hear(int patienceMs) throws IOException {
    socket.setSoTimeout(patienceMs);
    try {
      words.add(frame());
    } catch (SocketTimeoutException silent) {
      words.add(SILENCE);
    } catch (EOFException | SocketException ended) {
      words.add(END);
    }
    return words.get(words.size() - 1);
  }

  private String frame() throws IOException {
    int first = in.readUnsignedByte();
    long length = in.readUnsignedByte();
    if (length > SHORT_LENGTH) {
      length = length == SHORT_LENGTH + 1 ? in.readUnsignedShort() : in.readLong();
    }
    byte[] payload = in.readNBytes((int) length);
    return switch (first & OPCODE) {
      case 0x1 -> ofText(new String(payload, StandardCharsets.UTF_8));
      case 0x8 -> "CLOSE/" + (payload.length < 2 ? "none" : ByteBuffer.wrap(payload).getShort());
      case 0xA -> "PONG";
      default -> "FRAME/" + first;
    };
  }

  private static String ofText(String text) throws IOException {
    mustNotTell(text);
    if (!text.startsWith("{")) {
      return "TEXT/" + text; // SockJS's own
    }
    JsonObject frame = new JsonObject(text);
    JsonObject data = frame.getJsonObject("d");
    return frame.getString("t")
        + (data != null && data.containsKey("code") ? "/" + data.getValue("code") : "")
        + (frame.containsKey("id") ? "#" + frame.getValue("id") : "");
  }

  /** Nothing of the server's inside may show. */
  private static void mustNotTell(String text) throws IOException {
    if (text.contains("Exception") || text.contains("\tat ") || text.contains("io.netty")) {
      throw new IOException("the server tells of its inside: " + text);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
