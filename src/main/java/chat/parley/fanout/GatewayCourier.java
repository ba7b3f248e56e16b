package chat.parley.fanout;

import chat.parley.bus.Addresses;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.Taken;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.kafka.TryAgainException;
import chat.parley.registry.ClusterView;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Brings a message to a gateway until it has taken it, has left the cluster or holds no device.
 * After a few attempts it gives the batch back, to be planned anew: the devices may be elsewhere by
 * then. A gateway that gets the same twice drops the second.
 */
final class GatewayCourier {
  private static final int ATTEMPTS = 3;
  private static final long FIRST_WAIT_MS = 50;
  private static final String GATEWAY_ROLE = "gateway";

  private final Vertx vertx;
  private final ClusterView cluster;
  private final Function<String, Future<Boolean>> mayHoldDevices;
  private final BiFunction<String, DeliverChanges, Future<?>> request;

  /**
   * {@code request} completes when the gateway has answered; {@code mayHoldDevices} is asked of one
   * that has not: {@code DeviceRegistry::isGatewayOpen}.
   */
  GatewayCourier(
      Vertx vertx,
      ClusterView cluster,
      Function<String, Future<Boolean>> mayHoldDevices,
      BiFunction<String, DeliverChanges, Future<?>> request) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.mayHoldDevices = mayHoldDevices;
    this.request = request;
  }

  /** One that brings it over the bus. */
  static GatewayCourier over(Vertx vertx, FanOutVerticle.Parts parts) {
    return new GatewayCourier(
        vertx,
        parts.cluster(),
        parts.devices()::isGatewayOpen,
        (gateway, message) ->
            parts.bus().request(Addresses.gateway(gateway), message, Taken.class));
  }

  /**
   * Brings it there.
   *
   * @return fails with {@link TryAgainException} where the gateway is away; with its own failure
   *     where it is there and says that it cannot take this
   */
  Future<Void> deliver(String gateway, DeliverChanges message) {
    return attempt(gateway, message, 1);
  }

  private Future<Void> attempt(String gateway, DeliverChanges message, int attempt) {
    return request
        .apply(gateway, message)
        .<Void>mapEmpty()
        .recover(
            cause ->
                mustTake(gateway)
                    .compose(
                        must ->
                            must
                                ? repeat(gateway, message, attempt, cause)
                                : Future.succeededFuture()));
  }

  /** One that has left, has not opened yet or has closed has no device to give this to. */
  private Future<Boolean> mustTake(String gateway) {
    return cluster.nodesWith(GATEWAY_ROLE).contains(gateway)
        ? mayHoldDevices.apply(gateway).otherwise(true)
        : Future.succeededFuture(false);
  }

  private Future<Void> repeat(
      String gateway, DeliverChanges message, int attempt, Throwable cause) {
    if (attempt >= ATTEMPTS) {
      return Future.failedFuture(
          cannot(cause)
              ? cause
              : new TryAgainException("gateway " + gateway + " has not taken its batch", cause));
    }
    return vertx
        .timer(FIRST_WAIT_MS << attempt)
        .compose(waited -> attempt(gateway, message, attempt + 1));
  }

  /** It has answered, and a repeat will not help: what it was given broke something in it. */
  private static boolean cannot(Throwable cause) {
    return cause instanceof FailureException refused && refused.failure() == Failure.INTERNAL;
  }
}
