package chat.parley.torture.scenario;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;

/** One fault, as it is written down: that it begins, what shows that it did, and its end. */
final class Injection {
  /** What may end by a fault without that anybody tells it to. */
  enum Ending {
    /** Nothing. */
    NONE(null),
    /** Nodes that find themselves cut off from the others, then or later. */
    OF_PARTED_NODES("parts"),
    /** The target. */
    OF_TARGET("ends");

    private final String word;

    Ending(String word) {
      this.word = word;
    }
  }

  private final History history;
  private final String target;
  private final String what;

  private Injection(History history, String target, String what) {
    this.history = history;
    this.target = target;
    this.what = what;
  }

  static Injection begin(History history, String target, String what) {
    return begin(history, target, what, Ending.NONE);
  }

  static Injection begin(History history, String target, String what, Ending ending) {
    Injection injection = new Injection(history, target, what);
    history.add(injection.event(Phase.INVOKE, what).from(ending.word));
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
    history.add(event(phase, note));
  }

  private Event.Draft event(Phase phase, String note) {
    return Event.of(target, Op.FAULT, phase).noting(note);
  }
}
