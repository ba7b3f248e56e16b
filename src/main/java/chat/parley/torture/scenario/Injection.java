package chat.parley.torture.scenario;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;

/** One fault, as it is written down: that it begins, what shows that it did, and its end. */
final class Injection {
  private final History history;
  private final String target;
  private final String what;

  private Injection(History history, String target, String what) {
    this.history = history;
    this.target = target;
    this.what = what;
  }

  static Injection begin(History history, String target, String what) {
    Injection injection = new Injection(history, target, what);
    injection.add(Phase.INVOKE, what);
    return injection;
  }

  /** Something shows that it happened: an exit code, a frozen process, a meter. */
  void seen(String evidence) {
    add(Phase.INFO, what + ": " + evidence);
  }

  void over() {
    add(Phase.OK, what);
  }

  private void add(Phase phase, String note) {
    history.add(Event.of(target, Op.FAULT, phase).noting(note));
  }
}
