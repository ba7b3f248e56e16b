package chat.parley.devcluster;

import java.time.Duration;

/**
 * What a {@link FaultProxy} does to a connection, each way on its own.
 *
 * @param toServer to what the client that connected says
 * @param toClient to what it is answered
 */
public record Fault(Flow toServer, Flow toClient) {
  /** Nothing. */
  public static final Fault NONE = new Fault(Flow.PASS, Flow.PASS);

  /** Connections are reset, and so is every new one. */
  public static final Fault CUT = new Fault(Flow.CUT, Flow.CUT);

  /**
   * Nothing arrives, either way, and nobody is told: a network that is split. What was said
   * meanwhile arrives when the fault is over, as TCP would send it again.
   */
  public static final Fault BLACK_HOLE = new Fault(Flow.HOLD, Flow.HOLD);

  /** Requests arrive and are done; their answers do not come back. */
  public static final Fault SWALLOW_RESPONSES = new Fault(Flow.PASS, Flow.SWALLOW);

  public Fault {
    if ((toServer.kind() == Kind.CUT) != (toClient.kind() == Kind.CUT)) {
      throw new IllegalArgumentException("a connection is cut both ways or not at all");
    }
  }

  /** Everything is late by so much, each way. */
  public static Fault late(Duration each) {
    return new Fault(Flow.late(each), Flow.late(each));
  }

  /** What clients say is held back; they are still answered. */
  public static Fault deaf() {
    return new Fault(Flow.HOLD, Flow.PASS);
  }

  /** What clients are answered is held back; they are still heard. */
  public static Fault mute() {
    return new Fault(Flow.PASS, Flow.HOLD);
  }

  Flow flow(Way way) {
    return way == Way.TO_SERVER ? toServer : toClient;
  }

  boolean cuts() {
    return toServer.kind() == Kind.CUT;
  }

  /** One of the two ways of a connection. */
  public enum Way {
    TO_SERVER,
    TO_CLIENT
  }

  /** What can happen to bytes. */
  public enum Kind {
    /** They arrive, late if the flow says so. */
    PASS,
    /** They wait for the end of the fault; what waits is bounded, then the sender has to wait. */
    HOLD,
    /** They are thrown away; a connection that lost some is reset at the end of the fault. */
    SWALLOW,
    /** There is no connection. */
    CUT
  }

  /**
   * What happens to one way.
   *
   * @param late how much later bytes arrive, where they do
   */
  public record Flow(Kind kind, Duration late) {
    public static final Flow PASS = new Flow(Kind.PASS, Duration.ZERO);
    public static final Flow HOLD = new Flow(Kind.HOLD, Duration.ZERO);
    public static final Flow SWALLOW = new Flow(Kind.SWALLOW, Duration.ZERO);
    public static final Flow CUT = new Flow(Kind.CUT, Duration.ZERO);

    /** They arrive that much later, in order; no fewer of them a second. */
    public static Flow late(Duration by) {
      return new Flow(Kind.PASS, by);
    }

    boolean passesAtOnce() {
      return kind == Kind.PASS && late.isZero();
    }
  }
}
