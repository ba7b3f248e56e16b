package chat.parley.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;

/**
 * What a server may do to a client, and what the client must make of it: a line of {@code
 * conformance/clients.json}, the same for every client there is.
 */
public record Scenario(String name, String promise, List<JsonObject> steps) {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** All of them. */
  public static List<Scenario> all() {
    return new JsonArray(resource("clients.json"))
        .stream()
            .map(JsonObject.class::cast)
            .map(
                json ->
                    new Scenario(
                        json.getString("name"),
                        json.getString("promise"),
                        json.getJsonArray("steps").stream().map(JsonObject.class::cast).toList()))
            .toList();
  }

  /** The one of this name. */
  public static Scenario named(String name) {
    return all().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  static String resource(String name) {
    try (InputStream in = Scenario.class.getResourceAsStream("/conformance/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Plays it; fails with the promise that was not kept. */
  public void play(ScenarioServer server, Device device) {
    play(server, device, PATIENCE);
  }

  /** The same with another patience, for clients of which it is known that they will fail. */
  public void play(ScenarioServer server, Device device, Duration patience) {
    for (JsonObject step : steps) {
      play(server, device, step, patience);
    }
    assertThat(device.shown()).as(promise).doesNotHaveDuplicates().isSorted();
  }

  private void play(ScenarioServer server, Device device, JsonObject step, Duration patience) {
    switch (step.getString("do")) {
      case "connect" -> device.connect();
      case "send" -> device.send(step.getString("text"));
      case "deliver" -> server.deliver(numbers(step));
      case "commit" -> server.commit(step.getInteger("upTo"));
      case "hide" -> server.hide(numbers(step));
      case "budget" -> server.budget(step.getInteger("changes"));
      case "slow" -> server.slow(step.getLong("eachFrameMs"));
      case "swallowAcks" -> server.swallowAcks(step.getInteger("count"));
      case "refuseSends" ->
          server.refuseSends(step.getInteger("count"), step.getLong("retryAfterMs"));
      case "cut" -> server.cut();
      case "close" -> server.close(step.getInteger("code"));
      case "drain" -> server.drain(step.getLong("reconnectAfterMs"));
      case "expire" -> server.expire();
      case "reauth" -> server.reauth();
      default -> expect(server, device, step, patience);
    }
  }

  private void expect(ScenarioServer server, Device device, JsonObject step, Duration patience) {
    switch (step.getString("do")) {
      case "shown" -> until(step, patience, device, () -> device.shown().equals(expected(step)));
      case "shownAtLeast" ->
          until(step, patience, device, () -> device.shown().size() >= step.getInteger("count"));
      case "endsWith" ->
          until(step, patience, device, () -> endsWith(device.shown(), numbers(step)));
      case "acked" ->
          until(step, patience, device, () -> device.acked() == step.getInteger("sends"));
      case "stored" ->
          until(step, patience, device, () -> server.stored() == step.getInteger("messages"));
      case "renewed" ->
          until(step, patience, device, () -> server.renewals() == step.getInteger("times"));
      case "reauthed" ->
          until(step, patience, device, () -> server.reauths() == step.getInteger("times"));
      case "ended" -> until(step, patience, device, device::ended);
      case "connected" -> {
        until(step, patience, device, () -> server.hellos().size() >= step.getInteger("times"));
        assertThat(server.hellos()).as(promise).hasSize(step.getInteger("times"));
        if (step.containsKey("cursor")) {
          assertThat(server.hellos()).as(promise).last().isEqualTo(step.getLong("cursor"));
        }
      }
      default -> throw new IllegalArgumentException("no such step: " + step);
    }
  }

  private void until(JsonObject step, Duration patience, Device device, BooleanSupplier met) {
    Awaitility.await(promise + " " + step.encode() + ", shown: " + device.shown())
        .atMost(patience)
        .pollInterval(Duration.ofMillis(20))
        // A browser belongs to one thread.
        .pollInSameThread()
        .until(met::getAsBoolean);
  }

  private static List<Long> expected(JsonObject step) {
    return step.containsKey("upTo")
        ? LongStream.rangeClosed(1, step.getLong("upTo")).boxed().toList()
        : numbers(step);
  }

  private static List<Long> numbers(JsonObject step) {
    return step.getJsonArray("changes").stream().map(one -> ((Number) one).longValue()).toList();
  }

  private static boolean endsWith(List<Long> shown, List<Long> end) {
    int from = shown.size() - end.size();
    return from >= 0 && shown.subList(from, shown.size()).equals(end);
  }

  @Override
  public String toString() {
    return name;
  }
}
