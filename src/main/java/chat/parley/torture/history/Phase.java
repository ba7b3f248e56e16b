package chat.parley.torture.history;

/** Where an operation stands, in the sense of Jepsen's histories. */
public enum Phase {
  /** It begins. */
  INVOKE,
  /** It took effect, and this is what came of it. */
  OK,
  /** It certainly took no effect, and never will. */
  FAIL,
  /** Nobody knows whether it took effect, or the event is no operation but a remark. */
  INFO
}
