package chat.parley.gateway;

import chat.parley.bus.ReceiptMessages.Delivered;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Read;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.turns.Parts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Cursor moves of a node between two flushes: of each cursor only the furthest matters, so the
 * number of moves to store does not grow with the number of messages.
 */
final class CursorBatch {
  private record DeliveredKey(UserId user, DeviceId device, ConversationId conversation) {}

  private record ReadKey(UserId user, ConversationId conversation) {}

  private final int max;
  private final Map<DeliveredKey, Delivered> delivered = new LinkedHashMap<>();
  private final Map<ReadKey, Read> read = new LinkedHashMap<>();

  /** {@code max} bounds the moves that wait. */
  CursorBatch(int max) {
    this.max = max;
  }

  /** Whether there is room for so many more moves. */
  boolean hasRoom(int moves) {
    return delivered.size() + read.size() + moves <= max;
  }

  void add(Delivered move) {
    delivered.merge(
        new DeliveredKey(move.userId(), move.deviceId(), move.conversationId()),
        move,
        CursorBatch::further);
  }

  void add(Read move) {
    read.merge(
        new ReadKey(move.userId(), move.conversationId()),
        move,
        (a, b) -> a.seq() >= b.seq() ? a : b);
  }

  /** Puts moves back that could not be stored; what has moved further meanwhile stays. */
  void putBack(List<MoveCursors> messages) {
    for (MoveCursors message : messages) {
      message.delivered().stream().filter(move -> hasRoom(1)).forEach(this::add);
      message.read().stream().filter(move -> hasRoom(1)).forEach(this::add);
    }
  }

  boolean isEmpty() {
    return delivered.isEmpty() && read.isEmpty();
  }

  /** Takes all moves out, at most so many a message. */
  List<MoveCursors> take(int perMessage) {
    List<Delivered> furthest = List.copyOf(delivered.values());
    List<Read> furthestRead = List.copyOf(read.values());
    delivered.clear();
    read.clear();
    int moves = furthest.size() + furthestRead.size();
    if (moves > 0 && moves <= perMessage) {
      return List.of(new MoveCursors(furthest, furthestRead));
    }
    List<MoveCursors> messages = new ArrayList<>();
    Parts.of(furthest, perMessage).forEach(p -> messages.add(new MoveCursors(p, List.of())));
    Parts.of(furthestRead, perMessage).forEach(p -> messages.add(new MoveCursors(List.of(), p)));
    return messages;
  }

  private static Delivered further(Delivered a, Delivered b) {
    if (a.changeSeq() == b.changeSeq()) {
      return a.seq() >= b.seq() ? a : b;
    }
    return a.changeSeq() > b.changeSeq() ? a : b;
  }
}
