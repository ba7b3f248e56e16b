package chat.parley.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Counts what is wrong and keeps the first examples of it in words. */
final class Tally {
  private static final int MOST_EXAMPLES = 20;

  private final List<String> examples = new ArrayList<>();
  private long lostMessages;
  private long lostDeliveries;
  private long doubled;
  private long outOfOrder;
  private long contradictions;
  private long holes;
  private long leaked;

  void lostMessage(String format, Object... arguments) {
    lostMessages++;
    example("lost: ", format, arguments);
  }

  void lostDelivery(String format, Object... arguments) {
    lostDeliveries++;
    example("lost: ", format, arguments);
  }

  void doubled(String format, Object... arguments) {
    doubled++;
    example("doubled: ", format, arguments);
  }

  void outOfOrder(String format, Object... arguments) {
    outOfOrder++;
    example("out of order: ", format, arguments);
  }

  void contradiction(String format, Object... arguments) {
    contradictions++;
    example("contradiction: ", format, arguments);
  }

  void holes(long count, String format, Object... arguments) {
    holes += count;
    example("hole: ", format, arguments);
  }

  void leaked(String format, Object... arguments) {
    leaked++;
    example("leaked: ", format, arguments);
  }

  private void example(String kind, String format, Object... arguments) {
    if (examples.size() < MOST_EXAMPLES) {
      examples.add(kind + String.format(Locale.ROOT, format, arguments));
    }
  }

  Findings findings() {
    return new Findings(
        lostMessages, lostDeliveries, doubled, outOfOrder, contradictions, holes, leaked, examples);
  }
}
