package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.model.ConversationId;
import chat.parley.model.Ids;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One socket and all that this node knows of it. Lives on one event loop. */
final class Connection {
  /** How far a socket is. */
  enum Stage {
    AWAITING_HELLO,
    ADMITTING,
    SYNCING,
    LIVE,
    CLOSING,
    CLOSED
  }

  /** Of frames that come before the token is checked: nobody has answered for their bytes yet. */
  private static final int MOST_EARLY = 8;

  private final InstantSource clock;
  private final String sessionId = Ids.fresh();
  private final Transport transport;
  private final Caller caller;
  private final Outbound outbound;
  private final GatewayMetrics metrics;
  private final GatewaySettings settings;
  private final HeldBytes held;
  private final Map<ConversationId, ConversationFeed> feeds = new HashMap<>();
  private final Set<ConversationFeed> unackedFeeds = new LinkedHashSet<>(2);
  private final Deque<Runnable> early = new ArrayDeque<>(1);
  private final long openedAt;
  private Stage stage = Stage.AWAITING_HELLO;
  private Principal principal;
  private Future<Void> registered;
  private long lastHeardAt;
  private long closingSince;
  private int inFlight;
  private boolean paused;
  private long lastBatch;
  private Instant askedFor;

  Connection(
      Transport transport,
      Caller caller,
      GatewaySettings settings,
      GatewayMetrics metrics,
      InstantSource clock) {
    this.clock = clock;
    this.transport = transport;
    this.caller = caller;
    this.settings = settings;
    this.metrics = metrics;
    this.openedAt = clock.millis();
    this.lastHeardAt = openedAt;
    this.held = new HeldBytes(settings.maxHeldBytes());
    this.outbound =
        new Outbound(
            transport,
            metrics,
            new Outbound.Bounds(settings.maxOutboundBytes(), settings.maxWaitingBytes()),
            this::cutSlowReader);
  }

  String sessionId() {
    return sessionId;
  }

  /** Who is at its other end. */
  Caller caller() {
    return caller;
  }

  Outbound outbound() {
    return outbound;
  }

  Stage stage() {
    return stage;
  }

  /** Whether frames may still go out. */
  boolean isOpen() {
    return stage != Stage.CLOSING && stage != Stage.CLOSED;
  }

  /** Who speaks; null before a good hello. */
  Principal principal() {
    return principal;
  }

  /** Nothing more is read until the token is checked. */
  void admitting() {
    stage = Stage.ADMITTING;
    transport.pause();
  }

  /** {@code registration} says when the registry knows of this session. */
  void admitted(Principal who, Future<Void> registration) {
    principal = who;
    registered = registration;
  }

  /** The device has brought a new token, of the same user and device. */
  void renewed(Principal who) {
    principal = who;
  }

  /** Whether nobody has asked yet for the token to be renewed that ends then. */
  boolean isFirstAskingFor(Instant tokenEnd) {
    boolean first = !tokenEnd.equals(askedFor);
    askedFor = tokenEnd;
    return first;
  }

  /** Completes when the registry knows of this session; null before a good hello. */
  Future<Void> registered() {
    return registered;
  }

  void syncing() {
    stage = Stage.SYNCING;
    transport.resume();
  }

  /**
   * Does this when the device has been let in: a transport that cannot be paused brings frames
   * while the token is checked. False where too many wait already.
   */
  boolean afterWelcome(Runnable step) {
    return early.size() < MOST_EARLY && early.add(step);
  }

  /** The device has been let in: what has waited for that is done. */
  void welcomed() {
    while (!early.isEmpty()) {
      early.poll().run();
    }
  }

  void live() {
    stage = Stage.LIVE;
  }

  void write(String frame) {
    outbound.write(frame);
  }

  /** Writes changes that a feed's stream gave out, and remembers them until they are acked. */
  void write(ConversationFeed feed, List<ChangeFrame> frames) {
    if (frames.isEmpty()) {
      return;
    }
    long now = clock.millis();
    for (ChangeFrame frame : frames) {
      outbound.write(frame.text(), frame.bytes());
      feed.unacked.sent(frame.number(), frame.change().seq(), now);
    }
    unackedFeeds.add(feed);
    long seq = frames.get(frames.size() - 1).change().seq();
    feed.reaches(seq);
    feed.soft.upTo(seq).forEach(soft -> outbound.write(soft.text(), soft.bytes()));
  }

  /** Writes soft state of a conversation as soon as the device has what it is about. */
  void write(ConversationFeed feed, SoftFrames.Soft frame) {
    if (feed.hasReached(frame.seq())) {
      outbound.write(frame.text(), frame.bytes());
    } else {
      feed.soft.hold(frame);
    }
  }

  /** Feeds that may have something unacked; whoever finds one calm takes it out. */
  Set<ConversationFeed> unackedFeeds() {
    return unackedFeeds;
  }

  /** The feed of a conversation, made where there is none. */
  ConversationFeed feed(ConversationId conversation) {
    return feeds.computeIfAbsent(
        conversation,
        id -> {
          ConversationStream stream = new ConversationStream(principal.userId(), held);
          if (stage == Stage.LIVE) {
            stream.open();
          }
          return new ConversationFeed(id, stream, new Unacked(settings.maxUnacked()));
        });
  }

  /** The feed of a conversation, or null. */
  ConversationFeed knownFeed(ConversationId conversation) {
    return feeds.get(conversation);
  }

  Collection<ConversationFeed> feeds() {
    return feeds.values();
  }

  /** Something came from the client. */
  void heard() {
    lastHeardAt = clock.millis();
  }

  /** Milliseconds of a clock that only passes; the others here are of the same one. */
  long nowMs() {
    return clock.millis();
  }

  /** For how long it has been there. */
  long ageMs() {
    return nowMs() - openedAt;
  }

  /** For how long nothing has come from the client. */
  long silentMs() {
    return nowMs() - lastHeardAt;
  }

  /** For how long it has been saying goodbye. */
  long closingMs() {
    return nowMs() - closingSince;
  }

  /** Whether this is the first frame of this batch for this connection. */
  boolean isFirstOf(long batch) {
    boolean first = lastBatch != batch;
    lastBatch = batch;
    return first;
  }

  /**
   * A request of the client begins; false where too many are under way. Reading stops at the bound;
   * what the transport had read already may come up to twice the bound.
   */
  boolean beginRequest() {
    if (inFlight >= 2 * settings.maxInFlight()) {
      return false;
    }
    inFlight++;
    if (inFlight >= settings.maxInFlight() && !paused) {
      paused = true;
      transport.pause();
    }
    return true;
  }

  void endRequest() {
    inFlight--;
    if (paused && inFlight <= settings.maxInFlight() / 2) {
      paused = false;
      transport.resume();
    }
  }

  int inFlight() {
    return inFlight;
  }

  /** Tells the device that its session was ended, and closes. */
  void revoke(int code, String reason) {
    write(ServerFrames.of("session.revoked", new JsonObject().put("reason", reason)));
    close(code, reason);
  }

  void close(CloseCode code) {
    close(code.number(), code.text());
  }

  /** Says goodbye once; nothing is written afterwards. */
  void close(int code, String reason) {
    if (!isOpen()) {
      return;
    }
    stage = Stage.CLOSING;
    early.clear();
    closingSince = clock.millis();
    outbound.close();
    metrics.closing(code);
    // A paused socket would never read the peer's half of the goodbye.
    transport.resume();
    transport.close(code, reason);
  }

  /** Cuts the line of a peer that does not take part in the goodbye. */
  void abort() {
    transport.abort();
  }

  /** The socket is gone. */
  void closed() {
    stage = Stage.CLOSED;
    outbound.close();
    feeds.clear();
    unackedFeeds.clear();
    early.clear();
  }

  private void cutSlowReader() {
    metrics.slowReaderCut();
    close(CloseCode.TOO_SLOW);
  }
}
