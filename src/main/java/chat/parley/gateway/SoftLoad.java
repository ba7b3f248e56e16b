package chat.parley.gateway;

import chat.parley.overload.Overload;
import chat.parley.overload.Work;

/**
 * What this node can bear of soft state now. It is asked for every typing and presence frame, in
 * and out, so it must be cheap; on any thread.
 */
public interface SoftLoad {
  /** A node that bears everything. */
  SoftLoad ANY =
      new SoftLoad() {
        @Override
        public boolean shedsTyping() {
          return false;
        }

        @Override
        public boolean shedsPresence() {
          return false;
        }
      };

  /** What this node's overload says; each no is counted there. */
  static SoftLoad of(Overload overload) {
    return new SoftLoad() {
      @Override
      public boolean shedsTyping() {
        return !overload.may(Work.TYPING);
      }

      @Override
      public boolean shedsPresence() {
        return !overload.may(Work.PRESENCE);
      }
    };
  }

  /** Whether typing is dropped: the first thing to go. */
  boolean shedsTyping();

  /** Whether presence is put off: what has changed meanwhile is told when this is over. */
  boolean shedsPresence();
}
