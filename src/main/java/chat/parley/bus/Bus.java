package chat.parley.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Typed send, request and listen over the Vert.x event bus. A refusal travels as a {@link Failure};
 * a request that reaches nobody fails with {@link Failure#UNAVAILABLE}, one that is not answered in
 * time with {@link Failure#UNANSWERED}: what became of it is then unknown.
 */
public final class Bus {
  private static final Logger LOG = LoggerFactory.getLogger(Bus.class);
  private static final long UNANSWERED_AGAIN_MS = 1_000;

  private final Vertx vertx;
  private final DeliveryOptions request;

  /** {@code requestTimeoutMs} bounds every request. */
  public Bus(Vertx vertx, long requestTimeoutMs) {
    this.vertx = vertx;
    this.request = new DeliveryOptions().setSendTimeout(requestTimeoutMs);
  }

  /**
   * Asks one listener and expects an answer of type {@code reply}.
   *
   * @return fails with {@link FailureException} only
   */
  public <T, R extends T> Future<R> request(Address<T> address, T message, Class<R> reply) {
    return request(address, message, reply, request);
  }

  /** The same for who cannot wait longer than so many milliseconds. */
  public <T, R extends T> Future<R> request(
      Address<T> address, T message, Class<R> reply, long timeoutMs) {
    return request(
        address,
        message,
        reply,
        new DeliveryOptions().setSendTimeout(Math.min(timeoutMs, request.getSendTimeout())));
  }

  private <T, R extends T> Future<R> request(
      Address<T> address, T message, Class<R> reply, DeliveryOptions options) {
    return vertx
        .eventBus()
        .<T>request(address.name(), message, options)
        .map(answer -> reply.cast(answer.body()))
        .recover(cause -> Future.failedFuture(asFailure(cause)));
  }

  /** Hands the message to one listener; it may be lost. */
  public <T> void send(Address<T> address, T message) {
    vertx.eventBus().send(address.name(), message);
  }

  /** Hands the message to every listener; it may be lost. */
  public <T> void publish(Address<T> address, T message) {
    vertx.eventBus().publish(address.name(), message);
  }

  /**
   * Listens, and answers with what the handler's future brings.
   *
   * @return completes when all nodes can reach this listener; the consumer serves to stop listening
   */
  public <T> Future<MessageConsumer<T>> answer(
      Address<T> address, Function<T, Future<? extends T>> handler) {
    MessageConsumer<T> consumer =
        vertx.eventBus().consumer(address.name(), message -> answerOne(message, handler));
    return consumer.completion().map(consumer);
  }

  /** Listens without answering. */
  public <T> Future<MessageConsumer<T>> listen(Address<T> address, Consumer<T> handler) {
    MessageConsumer<T> consumer =
        vertx.eventBus().consumer(address.name(), message -> handler.accept(message.body()));
    return consumer.completion().map(consumer);
  }

  private <T> void answerOne(Message<T> message, Function<T, Future<? extends T>> handler) {
    Future<? extends T> answer;
    try {
      answer = handler.apply(message.body());
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    answer.onComplete(
        done -> {
          if (done.succeeded()) {
            message.reply(done.result());
          } else {
            refuse(message, done.cause());
          }
        });
  }

  private static void refuse(Message<?> message, Throwable cause) {
    if (cause instanceof FailureException refused) {
      message.fail(refused.failure().number(), Refusal.write(refused));
      return;
    }
    LOG.atError().setCause(cause).addKeyValue("address", message.address()).log("command failed");
    message.fail(
        Failure.INTERNAL.number(),
        Refusal.write(new FailureException(Failure.INTERNAL, "internal error")));
  }

  private static FailureException asFailure(Throwable cause) {
    if (!(cause instanceof ReplyException reply)) {
      return new FailureException(Failure.UNAVAILABLE, "the request could not be sent");
    }
    if (reply.failureType() == ReplyFailure.TIMEOUT) {
      return new FailureException(Failure.UNANSWERED, "no answer in time", UNANSWERED_AGAIN_MS);
    }
    if (reply.failureType() != ReplyFailure.RECIPIENT_FAILURE) {
      return new FailureException(Failure.UNAVAILABLE, "nobody is listening");
    }
    return Refusal.read(
        Failure.ofNumber(reply.failureCode()).orElse(Failure.INTERNAL), reply.getMessage());
  }
}
