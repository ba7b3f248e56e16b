package chat.parley.gateway;

import chat.parley.auth.Accounts;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.bus.IngestMessages.MessageAmended;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.IngestMessages.Toll;
import chat.parley.event.Mentions;
import chat.parley.model.DeviceId;
import chat.parley.model.MessageId;
import chat.parley.model.UserId;
import chat.parley.overload.Overload;
import chat.parley.overload.Send;
import chat.parley.registry.ShardRouter;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The one way of messages, and of what is done to them, from the edge to their owner, by frame and
 * by REST alike. What is refused here is refused before anything of it is stored.
 */
final class MessageDoor {
  private final ShardRouter router;
  private final MentionFinder mentions;
  private final EdgeLimits limits;
  private final Overload load;

  MessageDoor(ShardRouter router, Accounts accounts, EdgeGuard guard) {
    this.router = router;
    this.mentions = new MentionFinder(accounts);
    this.limits = guard.limits();
    this.load = guard.load();
  }

  /**
   * Sends a message with this text. A repetition of what is stored is answered even where its
   * sender is over a limit, as often as {@code limits.user.retries} says.
   */
  Future<MessageAccepted> send(Caller caller, SendMessage send, String text) {
    return withinBounds(
        () ->
            counted(caller, send, text)
                .transform(
                    found ->
                        found.succeeded()
                            ? route(
                                send.naming(found.result())
                                    .with(caller.trusted() ? Toll.EXEMPT : Toll.PAID))
                            : maybeRepeated(caller, send, found.cause())));
  }

  /** Whom the text names, once all is counted. */
  private Future<Mentions> counted(Caller caller, SendMessage send, String text) {
    return limits
        .message(caller, send.userId(), send.deviceId(), send.body().length)
        .compose(counted -> mentions.in(text))
        .compose(
            named ->
                named.channel()
                    ? limits.channelCall(caller, send.userId()).map(named)
                    : Future.succeededFuture(named));
  }

  /** The owner knows whether it is stored; if it is not, it stays so. */
  private Future<MessageAccepted> maybeRepeated(Caller caller, SendMessage send, Throwable cause) {
    if (!(cause instanceof FailureException refusal && refusal.failure() == Failure.RATE_LIMITED)) {
      return Future.failedFuture(cause);
    }
    return limits
        .retry(caller, send.userId())
        .transform(
            may ->
                may.succeeded()
                    ? route(send.with(new Toll(false, refusal.scope(), refusal.retryAfterMs())))
                    : Future.failedFuture(refusal));
  }

  private Future<MessageAccepted> route(SendMessage send) {
    return router.command(send, MessageAccepted.class);
  }

  /**
   * Alters a message. To ask again what is so already is harmless, so nobody looks for that.
   *
   * @param awaited whether somebody still waits for the answer; nothing is altered late for nobody
   */
  Future<MessageAmended> amend(
      Caller caller,
      UserId user,
      DeviceId device,
      MessageId message,
      AmendCommand change,
      BooleanSupplier awaited) {
    return withinBounds(
        () ->
            limits
                .message(caller, user, device, 0)
                .compose(counted -> change.of(message, user, mentions))
                .compose(command -> router.command(command, MessageAmended.class, awaited)));
  }

  private <T> Future<T> withinBounds(Supplier<Future<T>> work) {
    Optional<Send> begun = load.beginSend();
    if (begun.isEmpty()) {
      return Future.failedFuture(
          new FailureException(
              Failure.OVERLOADED, "the server has too much to do", load.retryAfterMs()));
    }
    // In a compose: whatever work throws is a failure too, and the send is over.
    return Future.<Void>succeededFuture()
        .compose(start -> work.get())
        .onComplete(done -> begun.get().end(done.succeeded()));
  }
}
