package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import chat.parley.bus.FailureException.Scope;
import chat.parley.limit.AddressList;
import chat.parley.limit.Kind;
import chat.parley.limit.Limit;
import chat.parley.limit.Rate;
import chat.parley.limit.RateSettings;
import chat.parley.overload.Overload;
import chat.parley.overload.Signal;
import chat.parley.overload.Work;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sockets of one gateway that limits them, or has too much to do; what is behind it is fake. */
final class EdgeGuardIT {
  private static final String NOBODY = "none";

  private GatewayFixture gateway;
  private volatile double pressure;

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private void open(RateSettings rates) throws Exception {
    gateway =
        new GatewayFixture(
            GatewayFixture.fast(),
            meters -> {
              Signal forced = new Signal("forced", () -> pressure, 50, 100, Work.SENDS);
              return Guards.of(rates, Guards.load(List.of(forced), meters), meters);
            });
  }

  /** The usual limits but for these, for everybody. */
  private static RateSettings rates(Map<Limit, String> altered, String arrivals) {
    Map<Limit, Rate> rates = new HashMap<>(RateSettings.usual());
    altered.forEach((limit, rate) -> rates.put(limit, Rate.parse(rate)));
    return new RateSettings(
        rates,
        Optional.of(Rate.parse(arrivals)),
        AddressList.of(List.of(NOBODY)),
        AddressList.of(List.of(NOBODY)));
  }

  private static void send(SocketClient client, String id) {
    client.say(
        "message.send",
        id,
        new JsonObject()
            .put("conversationId", GatewayFixture.ROOM.value())
            .put("clientMsgId", id)
            .put("body", new JsonObject().put("text", "hello")));
  }

  @Test
  void aSendBeyondTheLimitIsRefusedByNameAndStoredNowhere() throws Exception {
    open(rates(Map.of(new Limit(Scope.USER, Kind.MESSAGES), "3 + 1/h"), "100 + 1/s"));
    SocketClient phone = gateway.enter("ann", "phone");
    SocketClient laptop = gateway.enter("ann", "laptop");
    SocketClient other = gateway.enter("ben", "phone");
    send(phone, "a");
    phone.next("ack");
    send(laptop, "b");
    laptop.next("ack");
    send(phone, "c");
    phone.next("ack");

    send(laptop, "d");

    JsonObject problem = laptop.next("error");
    assertThat(problem.getString("code")).isEqualTo("rate_limited");
    assertThat(problem.getString("scope")).isEqualTo("user");
    assertThat(problem.getInteger("status")).isEqualTo(429);
    assertThat(problem.getBoolean("retryable")).isTrue();
    assertThat(problem.getLong("retryAfterMs")).isBetween(1L, 3_600_000L);
    assertThat(gateway.log).hasSize(3);
    send(other, "e");
    other.next("ack");
  }

  @Test
  void bytesCountLikeMessages() throws Exception {
    open(rates(Map.of(new Limit(Scope.DEVICE, Kind.BYTES), "20 + 1/h"), "100 + 1/s"));
    SocketClient phone = gateway.enter("ann", "phone");
    send(phone, "a"); // some 16 bytes
    phone.next("ack");
    send(phone, "b");

    assertThat(phone.next("error").getString("scope")).isEqualTo("device");
  }

  @Test
  void atTheLastLevelSendsAreRefusedBeforeAnythingIsStoredAndTakenAgainWhenItIsCalm()
      throws Exception {
    open(rates(Map.of(), "100 + 1/s"));
    Overload load = gateway.guard.load();
    SocketClient phone = gateway.enter("ann", "phone");
    pressure = 1_000;
    for (int i = 0; i < Work.values().length; i++) {
      assertThat(load.may(Work.SENDS)).isTrue();
      load.look();
    }

    send(phone, "a");

    JsonObject problem = phone.next("error");
    assertThat(problem.getString("code")).isEqualTo("overloaded");
    assertThat(problem.getInteger("status")).isEqualTo(503);
    assertThat(problem.getBoolean("retryable")).isTrue();
    assertThat(problem.getLong("retryAfterMs")).isBetween(1_000L, 3_000L);
    assertThat(gateway.log).isEmpty();
    assertThat(catchThrowable(gateway::connect).getCause())
        .isInstanceOfSatisfying(
            UpgradeRejectedException.class,
            refused -> {
              assertThat(refused.getStatus()).isEqualTo(503);
              assertThat(refused.getHeaders().get("Retry-After")).matches("[1-5]");
            });

    pressure = 0;
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (load.isFull() && System.nanoTime() < deadline) {
      Thread.sleep(Overload.LOOK_MS);
      load.look();
    }
    send(phone, "a");
    phone.next("ack");
    assertThat(gateway.log).hasSize(1);
  }

  @Test
  void newSocketsTakeTurnsHoweverManyComeAtOnce() throws Exception {
    open(rates(Map.of(), "2 + 1/h"));
    SocketClient first = gateway.enter("ann", "phone");
    gateway.connect();

    assertThat(catchThrowable(gateway::connect).getCause())
        .isInstanceOfSatisfying(
            UpgradeRejectedException.class,
            refused -> {
              assertThat(refused.getStatus()).isEqualTo(503);
              assertThat(refused.getHeaders().get("Retry-After")).matches("[1-5]");
            });
    assertThat(gateway.metric("parley.gateway.arrivals.refused")).isEqualTo(1);
    send(first, "a");
    first.next("ack");
  }

  @Test
  void anAddressMayOpenSoManySocketsAndAUserToo() throws Exception {
    open(
        rates(
            Map.of(
                new Limit(Scope.IP, Kind.CONNECTIONS), "3 + 1/h",
                new Limit(Scope.USER, Kind.CONNECTIONS), "1 + 1/h"),
            "100 + 1/s"));
    gateway.enter("ann", "phone");
    SocketClient second = gateway.connect();
    second.say(
        "hello", "h", new JsonObject().put("token", GatewayFixture.token("ann", "laptop", 60_000)));
    assertThat(second.next("error").getString("scope")).isEqualTo("user");
    assertThat(second.closeCode()).isEqualTo(CloseCode.TRY_AGAIN.number());
    gateway.enter("ben", "phone");

    assertThat(catchThrowable(gateway::connect).getCause())
        .isInstanceOfSatisfying(
            UpgradeRejectedException.class,
            refused -> {
              assertThat(refused.getStatus()).isEqualTo(429);
              assertThat(refused.getBody().toJsonObject().getString("scope")).isEqualTo("ip");
            });
  }
}
