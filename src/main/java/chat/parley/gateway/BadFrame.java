package chat.parley.gateway;

import chat.parley.bus.FailureException;

/** A frame that cannot be carried out as it stands; {@code frameId} is its id where it has one. */
final class BadFrame extends Exception {
  private static final long serialVersionUID = 1L;

  private final String frameId;
  private final transient FailureException refusal;
  private final boolean fatal;

  /** {@code fatal}: the sender does not speak this protocol, so the socket is closed. */
  BadFrame(String frameId, FailureException refusal, boolean fatal) {
    super(refusal.getMessage(), null, false, false);
    this.frameId = frameId;
    this.refusal = refusal;
    this.fatal = fatal;
  }

  String frameId() {
    return frameId;
  }

  FailureException refusal() {
    return refusal;
  }

  boolean fatal() {
    return fatal;
  }
}
