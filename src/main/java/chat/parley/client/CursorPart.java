package chat.parley.client;

import io.vertx.core.json.JsonObject;

/** The cursors of one frame: as many as it has room for. */
final class CursorPart {
  /** What the usual frame has left is for a token of the greatest length and the frame's rest. */
  private static final int MOST_CHARACTERS = 48_000;

  private final JsonObject cursors = new JsonObject();
  private final int mostCursors;
  private int room;

  /** An empty part of a frame that holds at most so many bytes. */
  CursorPart(int mostCursors, int mostFrameBytes) {
    this.mostCursors = mostCursors;
    this.room = Math.min(MOST_CHARACTERS, mostFrameBytes / 4 * 3);
  }

  /** Takes a cursor in. False where there is no room for it; then there is none for a later one. */
  boolean take(String conversationId, long cursor) {
    // An id is ASCII, so its characters are its bytes; four more are quotes, colon and comma.
    room -= conversationId.length() + Long.toString(cursor).length() + 4;
    if (room < 0 || cursors.size() == mostCursors) {
      return false;
    }
    cursors.put(conversationId, cursor);
    return true;
  }

  boolean isEmpty() {
    return cursors.isEmpty();
  }

  JsonObject json() {
    return cursors;
  }
}
