package chat.parley.receipts;

import chat.parley.bus.ReceiptMessages.Delivered;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Read;
import chat.parley.model.ConversationId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Moves of small conversations, and those of large ones by the node that gathers them. */
record MovesBySize(MoveCursors small, Map<String, MoveCursors> byPlace) {
  static MovesBySize of(
      MoveCursors moves, Set<ConversationId> large, Function<ConversationId, String> placeOf) {
    if (large.isEmpty()) {
      return new MovesBySize(moves, Map.of());
    }
    MoveCursors small = empty(moves);
    Map<String, MoveCursors> byPlace = new HashMap<>();
    Function<ConversationId, MoveCursors> part =
        id ->
            large.contains(id)
                ? byPlace.computeIfAbsent(placeOf.apply(id), any -> empty(moves))
                : small;
    for (Delivered move : moves.delivered()) {
      part.apply(move.conversationId()).delivered().add(move);
    }
    for (Read move : moves.read()) {
      part.apply(move.conversationId()).read().add(move);
    }
    return new MovesBySize(small, byPlace);
  }

  private static MoveCursors empty(MoveCursors like) {
    List<Delivered> delivered = new ArrayList<>();
    List<Read> read = new ArrayList<>();
    return like.with(delivered, read);
  }
}
