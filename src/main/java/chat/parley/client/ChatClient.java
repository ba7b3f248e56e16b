package chat.parley.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/**
 * One device. From {@link ClientGroup#connect} until {@link #close} it keeps a connection: it comes
 * back after a loss with full jitter, obeys close codes, resumes from its cursors, sends unacked
 * messages again, and shows every change once and in order. Safe from any thread; futures and
 * observers run on the group's loop.
 */
public final class ChatClient {
  private enum State {
    WAITING,
    CONNECTING,
    GREETING,
    WELCOMED,
    CLOSED
  }

  private static final long MILLION = 1_000_000;

  private final ClientContext context;
  private final Credentials credentials;
  private final Observer observer;
  private final Streams streams;
  private final Sends sends;
  private final LiveWords live = new LiveWords();
  private final Backoff backoff;
  private final Promise<Void> ready = Promise.promise();
  private final Promise<Void> closed = Promise.promise();

  private State state = State.WAITING;
  private Source source = Source.LIVE;
  private ParleySocket socket;
  private int connections;
  private long waitUntil;
  private long serverWindowMs;
  private long leastWaitMs;
  private long heartbeatNanos;
  private int mostFrameBytes = ParleySocket.USUAL_FRAME_BYTES;
  private long heardAt;
  private long pingedAt;
  private int silentTicks;

  ChatClient(
      ClientContext context,
      Credentials credentials,
      Map<String, Long> cursors,
      Observer observer) {
    this.context = context;
    this.credentials = credentials;
    this.observer = observer;
    this.streams = new Streams(context, credentials.session().userId(), observer);
    this.sends = new Sends(context, observer, this::acked);
    ClientSettings settings = context.settings();
    this.backoff =
        new Backoff(
            context.random(), settings.backoffFirst().toMillis(), settings.backoffMax().toMillis());
    streams.startFrom(cursors);
  }

  /** The device's session. */
  public Credentials credentials() {
    return credentials;
  }

  /**
   * Completes when the device has caught up for the first time; fails where the server sends it
   * away.
   */
  public Future<Void> ready() {
    return ready.future();
  }

  /** Completes when the device is closed and does not come back; fails where the server said so. */
  public Future<Void> closed() {
    return closed.future();
  }

  /** Sends a text under a clientMsgId of its own. */
  public Future<Ack> send(String conversationId, String text) {
    return send(conversationId, UUID.randomUUID().toString(), text);
  }

  /**
   * Sends a text. Waits through lost connections; fails with a {@link ProblemException} only where
   * the server refuses for good, as it does a text that is too long ({@code payload_too_large},
   * also where it is too long to be sent at all), with IllegalStateException where too many
   * messages are pending or the device is closed.
   */
  public Future<Ack> send(String conversationId, String clientMsgId, String text) {
    return send(conversationId, clientMsgId, text, null);
  }

  /** Sends an answer to another message. */
  public Future<Ack> send(String conversationId, String clientMsgId, String text, String replyTo) {
    return context
        .loop()
        .call(
            () ->
                state == State.CLOSED
                    ? Future.failedFuture(new IllegalStateException("the device is closed"))
                    : sends.add(welcomed(), conversationId, clientMsgId, text, replyTo));
  }

  /**
   * Gives a message of one's own another text. Like the next two it is not repeated by itself: it
   * fails as lost where no answer comes, and may then be asked for again without harm.
   */
  public Future<Ack> edit(String messageId, String text) {
    JsonObject body = new JsonObject().put("text", text);
    return amend("message.edit", new JsonObject().put("messageId", messageId).put("body", body));
  }

  /** Deletes a message for everybody. */
  public Future<Ack> delete(String messageId) {
    return amend("message.delete", new JsonObject().put("messageId", messageId));
  }

  /** Sets one's own reaction to a message, or takes it back. */
  public Future<Ack> react(String messageId, String emoji, boolean on) {
    return amend(
        "reaction.set",
        new JsonObject().put("messageId", messageId).put("emoji", emoji).put("on", on));
  }

  private Future<Ack> amend(String type, JsonObject data) {
    return request(type, data).map(answer -> Ack.from(answer.data()));
  }

  /**
   * Moves the user's read cursor. Fails as lost where there is no connection: read cursors are not
   * kept.
   */
  public Future<Void> read(String conversationId, long seq) {
    return request(
            "receipt.read", new JsonObject().put("conversationId", conversationId).put("seq", seq))
        .mapEmpty();
  }

  /**
   * Watches these users, and nobody else any more, over lost connections too: the observer is told
   * of each soon, and of what changes. Should the server refuse it, the observer hears the problem.
   */
  public Future<Void> watch(Collection<String> userIds) {
    return soft(() -> live.watch(welcomed(), userIds));
  }

  /** Says {@code online} or {@code away} of this device, until it is said anew. */
  public Future<Void> setPresence(String status) {
    return soft(() -> live.set(welcomed(), status));
  }

  /** Says that the user types; to be said again every three seconds or so while they do. */
  public Future<Void> typing(String conversationId, boolean on) {
    return soft(() -> live.type(welcomed(), conversationId, on));
  }

  private Future<Void> soft(Runnable word) {
    return context
        .loop()
        .call(
            () -> {
              word.run();
              return Future.succeededFuture();
            });
  }

  /**
   * Sends any frame with a request id and gives its answer. Fails with the problem, or as lost. A
   * frame that is longer than the server takes is not sent and fails as {@code payload_too_large}.
   */
  public Future<Frame> request(String type, JsonObject data) {
    return context
        .loop()
        .call(
            () ->
                state == State.WELCOMED
                    ? socket.request(
                        type, data, now() + context.settings().answerWithin().toNanos())
                    : Future.failedFuture(new ConnectionLostException("not connected")));
  }

  /** Completes when everything up to this changeSeq has been delivered. */
  public Future<Void> reached(String conversationId, long changeSeq) {
    return context.loop().call(() -> streams.reached(conversationId, changeSeq));
  }

  /** The highest changeSeq delivered, -1 where nothing is known of the conversation. */
  public Future<Long> cursor(String conversationId) {
    return context.loop().call(() -> Future.succeededFuture(streams.cursor(conversationId)));
  }

  /** How many messages wait for their ack. */
  public Future<Integer> pending() {
    return context.loop().call(() -> Future.succeededFuture(sends.size()));
  }

  /** Loses the connection as a device in a tunnel does, and comes back. */
  public Future<Void> dropConnection() {
    return context
        .loop()
        .call(
            () -> {
              if (socket != null) {
                socket.abandon();
              }
              return Future.succeededFuture();
            });
  }

  /** Closes for good. Unacked sends fail with IllegalStateException. */
  public Future<Void> close() {
    context.loop().run(() -> stop(null));
    return closed.future();
  }

  private void stop(Throwable cause) {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    Throwable why = cause == null ? new IllegalStateException("the device is closed") : cause;
    sends.failAll(why);
    ready.tryFail(why);
    streams.failWaiters(why);
    if (socket != null) {
      socket.close();
    }
    if (cause == null) {
      closed.tryComplete();
    } else {
      closed.tryFail(cause);
    }
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  private ParleySocket welcomed() {
    return state == State.WELCOMED ? socket : null;
  }

  private long now() {
    return context.nanos().getAsLong();
  }

  /** Connects for the first time, without waiting for a tick. */
  void begin() {
    if (state == State.WAITING) {
      connect();
    }
  }

  /** Called by the group's shared tick. */
  void tick(long now) {
    switch (state) {
      case WAITING -> {
        if (waitUntil - now <= 0) {
          connect();
        }
      }
      case GREETING -> {
        if (now - heardAt > context.settings().answerWithin().toNanos()) {
          socket.abandon();
        }
      }
      case WELCOMED -> {
        // Any of these may end the connection; a socket that is gone fails what it is asked.
        ParleySocket current = socket;
        current.expire(now);
        sends.tick(current, now);
        streams.tick(current, now);
        beat(current, now);
      }
      default -> {
        // Connecting ends by itself, closed is the end.
      }
    }
  }

  /**
   * Silence is counted in ticks: a loop that was held up has not listened, and must not blame the
   * server.
   */
  private void beat(ParleySocket current, long now) {
    if (++silentTicks * context.settings().tick().toNanos() > heartbeatNanos * 5 / 2) {
      current.abandon();
    } else if (now - pingedAt > heartbeatNanos * 4 / 5) {
      pingedAt = now;
      // The answer matters only as a sign of life.
      current.request("ping", new JsonObject(), now + context.settings().answerWithin().toNanos());
    }
  }

  private void connect() {
    state = State.CONNECTING;
    int number = ++connections;
    ParleySocket.open(
            context.webSockets(), context.target(), context.reader(), number, new Link(number))
        .onComplete(
            result -> {
              if (result.failed()) {
                comeBack(number, ParleySocket.NO_CODE);
              } else if (state == State.CLOSED) {
                result.result().close();
              } else {
                greet(result.result());
              }
            });
  }

  private void greet(ParleySocket opened) {
    socket = opened;
    state = State.GREETING;
    heardAt = now();
    opened.limitFrames(mostFrameBytes);
    opened.send(
        "hello",
        new JsonObject()
            .put("token", credentials.session().accessToken())
            .put("cursors", streams.cursors(mostFrameBytes)));
  }

  /** The connection's events; those of an earlier connection are not ours any more. */
  private final class Link implements ParleySocket.Owner {
    private final int number;

    Link(int number) {
      this.number = number;
    }

    @Override
    public void frame(Frame frame) {
      if (number == connections && state != State.CLOSED) {
        received(frame);
      }
    }

    @Override
    public void heard() {
      heardAt = now();
      silentTicks = 0;
    }

    @Override
    public void unsent(ProblemException problem) {
      if (number == connections && state != State.CLOSED) {
        observer.problem(problem);
      }
    }

    @Override
    public void gone(int code) {
      if (number == connections) {
        comeBack(number, code);
      }
    }
  }

  private void received(Frame frame) {
    if (frame.change() != null) {
      observer.observed(frame.change(), source, connections, heardAt);
      streams.offer(frame.change(), source, heardAt);
      return;
    }
    JsonObject data = frame.data();
    switch (frame.type()) {
      case "welcome" -> welcome(data);
      case "sync.begin" -> source = Source.RESYNC;
      case "sync.end" -> {
        source = Source.LIVE;
        backoff.succeeded(); // who is welcomed and loses it before this has not caught up
        streams.heads(data.getJsonObject("heads", new JsonObject()), heardAt);
        ready.tryComplete();
      }
      case "sync.reset" -> {
        String conversationId = data.getString("conversationId");
        long head = data.getLong("headChangeSeq");
        // The hello may have left its cursor out: then the device may well have all of it.
        if (head > streams.cursor(conversationId)) {
          observer.reset(conversationId, head);
        }
        streams.reset(conversationId, head, heardAt);
      }
      case "presence" -> observer.presence(Presence.from(data));
      case "typing" -> observer.typing(Typing.from(data));
      case "reauth" -> reauth(socket);
      case "server.draining" -> serverWindowMs = data.getLong("reconnectAfterMs", 0L);
      case "error" -> refused(ProblemException.from(data, 0));
      default -> observer.frame(frame);
    }
  }

  /** An error before the welcome is of the hello, and says how long not to try again. */
  private void refused(ProblemException problem) {
    if (state == State.GREETING) {
      leastWaitMs = problem.retryAfterMs();
    }
    observer.problem(problem);
  }

  /**
   * Brings a new token. Where that comes to nothing the server closes the connection when the old
   * one ends, and the device renews and comes back as from any loss.
   */
  private void reauth(ParleySocket current) {
    credentials
        .refresh()
        .onSuccess(
            renewed ->
                context
                    .loop()
                    .run(
                        () -> {
                          if (socket == current && state == State.WELCOMED) {
                            current.request(
                                "reauth",
                                new JsonObject().put("token", renewed.accessToken()),
                                now() + context.settings().answerWithin().toNanos());
                          }
                        }));
  }

  private void welcome(JsonObject data) {
    state = State.WELCOMED;
    serverWindowMs = 0;
    heartbeatNanos = data.getLong("heartbeatMs", 30_000L) * MILLION;
    JsonObject limits = data.getJsonObject("limits", new JsonObject());
    mostFrameBytes = limits.getInteger("maxFrameBytes", ParleySocket.USUAL_FRAME_BYTES);
    socket.limitFrames(mostFrameBytes);
    pingedAt = heardAt;
    observer.connected(connections);
    sends.connected(socket);
    live.connected(socket);
  }

  private void acked(Sends.Pending send, Ack ack) {
    observer.acked(ack, heardAt);
    Session session = credentials.session();
    Change change =
        Change.fromAck(ack, session.userId(), session.deviceId(), send.text, send.replyTo);
    observer.observed(change, Source.ACK, connections, heardAt);
    streams.offer(change, Source.ACK, heardAt);
  }

  private void comeBack(int number, int code) {
    socket = null;
    source = Source.LIVE;
    if (state == State.CLOSED) {
      return;
    }
    observer.disconnected(number, code);
    switch (CloseAction.of(code)) {
      case STOP ->
          stop(
              new ProblemException(
                  code, "closed", "the server closed the device's socket for good", false, 0));
      case RENEW -> {
        state = State.CONNECTING;
        credentials
            .refresh()
            .onComplete(renewed -> context.loop().run(() -> renewed(renewed.cause())));
      }
      default -> await();
    }
  }

  private void renewed(Throwable failure) {
    if (failure instanceof ProblemException problem && !problem.retryable()) {
      stop(problem);
    } else if (state != State.CLOSED) {
      await();
    }
  }

  /**
   * What the server has named, a window or a time, is for the next attempt, not for those after.
   */
  private void await() {
    state = State.WAITING;
    waitUntil = now() + (leastWaitMs + backoff.nextMs(serverWindowMs)) * MILLION;
    serverWindowMs = 0;
    leastWaitMs = 0;
  }
}
