package chat.parley.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The messages of one device that are not acked yet. Each goes out again under its clientMsgId,
 * after a lost connection, a late answer or a problem that may pass, until it is acked or refused
 * for good.
 */
final class Sends {
  /** One logical send. */
  static final class Pending {
    final String conversationId;
    final String clientMsgId;
    final String text;
    final String replyTo;
    private final Promise<Ack> promise = Promise.promise();
    private final Backoff backoff;
    private int attempts;
    private boolean inFlight;
    private long retryAt;

    Pending(
        String conversationId,
        String clientMsgId,
        String text,
        String replyTo,
        Backoff backoff,
        long now) {
      this.conversationId = conversationId;
      this.clientMsgId = clientMsgId;
      this.text = text;
      this.replyTo = replyTo;
      this.backoff = backoff;
      this.retryAt = now;
    }

    /** Whether it may go out: nobody asked to wait for longer. */
    private boolean isDue(long now) {
      return !inFlight && retryAt - now <= 0;
    }
  }

  private final ClientContext context;
  private final Observer observer;
  private final BiConsumer<Pending, Ack> acked;
  private final Map<String, Pending> pending = new LinkedHashMap<>();

  Sends(ClientContext context, Observer observer, BiConsumer<Pending, Ack> acked) {
    this.context = context;
    this.observer = observer;
    this.acked = acked;
  }

  int size() {
    return pending.size();
  }

  /** Takes a message over. {@code socket} is null while there is none. */
  Future<Ack> add(
      ParleySocket socket, String conversationId, String clientMsgId, String text, String replyTo) {
    String key = conversationId + ' ' + clientMsgId;
    Pending known = pending.get(key);
    if (known != null) {
      return known.promise.future();
    }
    if (pending.size() >= context.settings().maxPending()) {
      return Future.failedFuture(
          new IllegalStateException(pending.size() + " messages wait for their ack already"));
    }
    ClientSettings settings = context.settings();
    Backoff backoff =
        new Backoff(
            context.random(), settings.backoffFirst().toMillis(), settings.backoffMax().toMillis());
    long now = context.nanos().getAsLong();
    Pending send = new Pending(conversationId, clientMsgId, text, replyTo, backoff, now);
    pending.put(key, send);
    if (socket != null) {
      transmit(socket, key, send);
    }
    return send.promise.future();
  }

  /**
   * Sends again what no answer came to, in the order in which it was given. What the server has
   * asked to wait for goes on waiting: another connection does not make its time shorter.
   */
  void connected(ParleySocket socket) {
    tick(socket, context.nanos().getAsLong());
  }

  /** Sends again what has waited long enough. */
  void tick(ParleySocket socket, long now) {
    if (pending.isEmpty()) {
      return;
    }
    for (Map.Entry<String, Pending> entry : new ArrayList<>(pending.entrySet())) {
      if (entry.getValue().isDue(now)) {
        transmit(socket, entry.getKey(), entry.getValue());
      }
    }
  }

  void failAll(Throwable cause) {
    new ArrayList<>(pending.values()).forEach(send -> send.promise.tryFail(cause));
    pending.clear();
  }

  private void transmit(ParleySocket socket, String key, Pending send) {
    if (send.attempts++ > 0) {
      observer.resent(send.clientMsgId);
    }
    send.inFlight = true;
    JsonObject data = data(send.conversationId, send.clientMsgId, send.text, send.replyTo);
    socket
        .request(
            "message.send",
            data,
            context.nanos().getAsLong() + context.settings().answerWithin().toNanos())
        .onComplete(
            answer -> {
              send.inFlight = false;
              if (answer.succeeded()) {
                succeeded(key, send, Ack.from(answer.result().data()));
              } else {
                failed(key, send, answer.cause());
              }
            });
  }

  private void succeeded(String key, Pending send, Ack ack) {
    pending.remove(key);
    acked.accept(send, ack);
    send.promise.tryComplete(ack);
  }

  private void failed(String key, Pending send, Throwable cause) {
    long now = context.nanos().getAsLong();
    if (!(cause instanceof ProblemException problem)) {
      send.retryAt = now;
    } else if (problem.retryable() || problem.status() == 401) {
      // 401 ends with the connection: the server closes it, and the next one has a new token.
      long waitMs = problem.retryAfterMs() + send.backoff.nextMs(0);
      send.retryAt = now + waitMs * 1_000_000;
    } else {
      pending.remove(key);
      send.promise.tryFail(cause);
    }
  }

  static JsonObject data(String conversationId, String clientMsgId, String text, String replyTo) {
    JsonObject data =
        new JsonObject()
            .put("conversationId", conversationId)
            .put("clientMsgId", clientMsgId)
            .put("body", new JsonObject().put("text", text));
    return replyTo == null ? data : data.put("replyTo", replyTo);
  }
}
