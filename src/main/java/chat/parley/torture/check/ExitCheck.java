package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Phase;
import java.util.HashSet;
import java.util.Set;

/**
 * No node and no store ends that nobody told to. But a node that finds itself cut off from the
 * others ends itself, and counts on being started again: that is right after a fault that may part
 * nodes, as long as the run lasts, since it is patient before it does. And what a fault is to end
 * may end while it lasts.
 */
final class ExitCheck implements Check {
  private static final String PARTS = "parts";
  private static final String ENDS = "ends";
  private static final String CUT_OFF = "cut-off";

  private final Violations violations;
  private final Set<String> ending = new HashSet<>();
  private boolean parted;

  ExitCheck(Violations violations) {
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    switch (event.op()) {
      case FAULT -> fault(event);
      case EXIT -> {
        boolean explained =
            CUT_OFF.equals(event.source()) ? parted : ending.contains(event.process());
        if (!explained) {
          violations.add(
              Kind.NODE_DIED, "%s at %s: %s", event.process(), When.of(event), event.note());
        }
      }
      default -> {
        // Nothing ends.
      }
    }
  }

  private void fault(Event event) {
    if (event.phase() == Phase.INVOKE) {
      parted |= PARTS.equals(event.source());
      if (ENDS.equals(event.source())) {
        ending.add(event.process());
      }
    } else if (event.phase() == Phase.OK) {
      ending.remove(event.process());
    }
  }

  @Override
  public void end() {
    // All was said at once.
  }
}
