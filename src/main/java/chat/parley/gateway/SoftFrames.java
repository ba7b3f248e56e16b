package chat.parley.gateway;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Soft state about messages that a device has not been given yet, such as a receipt that overtook
 * its message: it waits for them, and is forgotten where they never come, because the user was
 * removed before. A bounded number of the newest; of soft state any may be lost.
 */
final class SoftFrames {
  private static final int MOST = 64;

  /** A frame about messages up to {@code seq}, and its size in UTF-8. */
  record Soft(String text, int bytes, long seq) {}

  private final List<Soft> waiting = new ArrayList<>(0);

  void hold(Soft frame) {
    if (waiting.size() == MOST) {
      waiting.remove(0);
    }
    waiting.add(frame);
  }

  /** What may go out now that the device has all messages up to here. */
  List<Soft> upTo(long seq) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Soft> due = new ArrayList<>();
    for (Iterator<Soft> all = waiting.iterator(); all.hasNext(); ) {
      Soft frame = all.next();
      if (frame.seq() <= seq) {
        due.add(frame);
        all.remove();
      }
    }
    return due;
  }

  void clear() {
    waiting.clear();
  }
}
