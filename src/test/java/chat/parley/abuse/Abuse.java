package chat.parley.abuse;

import java.io.IOException;
import java.net.SocketException;

/**
 * Something that no client may do, and what the server must make of it.
 *
 * @param name says it in words
 * @param from the address at which it is done
 * @param saying does it
 * @param ending what must come of it
 * @param detail of the ending: a status, a close code, an error's code
 */
record Abuse(String name, String from, Saying saying, Ending ending, String detail) {
  /** Within that long everything is answered, closed or shown to live. */
  static final int PATIENCE_MS = 25_000;

  private static final String HERE = "127.0.0.1";

  /** Does something on a fresh line. */
  @FunctionalInterface
  interface Saying {
    void on(Wire wire) throws Exception;
  }

  enum Ending {
    /** A status of HTTP. */
    ANSWERED,
    /** A close frame with this code, then the end of the line. */
    CLOSED,
    /** The end of the line, whether anything was said before it or not. */
    ENDED,
    /** The socket goes on and answers a ping; before that, an error where one is named. */
    LIVES,
    /** The client has gone by itself; there is nothing to hear. */
    LEFT
  }

  static Abuse answered(int status, String name, Saying saying) {
    return new Abuse(name, HERE, saying, Ending.ANSWERED, String.valueOf(status));
  }

  static Abuse closed(int code, String name, Saying saying) {
    return new Abuse(name, HERE, saying, Ending.CLOSED, String.valueOf(code));
  }

  static Abuse ended(String name, Saying saying) {
    return new Abuse(name, HERE, saying, Ending.ENDED, "");
  }

  static Abuse lives(String name, Saying saying) {
    return new Abuse(name, HERE, saying, Ending.LIVES, "");
  }

  static Abuse refused(String code, String name, Saying saying) {
    return new Abuse(name, HERE, saying, Ending.LIVES, "error/" + code);
  }

  static Abuse left(String name, Saying saying) {
    return new Abuse(name, HERE, saying, Ending.LEFT, "");
  }

  /** The same from another address of this machine. */
  Abuse from(String address) {
    return new Abuse(name, address, saying, ending, detail);
  }

  /** Does it; empty where the server did what it must, else what it did. */
  String fault(int port) {
    try (Wire wire = new Wire(port, from)) {
      try {
        saying.on(wire);
      } catch (SocketException endedMeanwhile) {
        // The server may have had enough before all was said: what it said is still to be heard.
      }
      return fault(wire);
    } catch (Exception e) {
      return name + ": " + e;
    }
  }

  private String fault(Wire wire) throws IOException {
    boolean good =
        switch (ending) {
          case ANSWERED -> wire.status().equals(detail);
          case CLOSED -> wire.toTheEnd().heard().endsWith("CLOSE/" + detail + " " + Wire.END);
          case ENDED -> wire.toTheEnd().heard().endsWith(Wire.END);
          case LIVES ->
              wire.text("{\"t\":\"ping\",\"id\":\"alive\",\"d\":{}}")
                  .until("pong#alive")
                  .heard()
                  .contains(detail);
          case LEFT -> true;
        };
    return good ? "" : name + ": wanted " + ending + " " + detail + ", heard " + wire.heard();
  }
}
