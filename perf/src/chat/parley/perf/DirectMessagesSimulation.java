package chat.parley.perf;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.dummy;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.pace;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;
import static io.gatling.javaapi.http.HttpDsl.ws;

import io.gatling.http.action.ws.WsInboundMessage;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Two people write to each other. A virtual user is such a pair:
 *
 * <ol>
 *   <li>two people sign up and sign in over REST, and one opens their conversation;
 *   <li>both open the socket, say hello and wait for the end of the sync; then all pairs wait for
 *       each other, since signing in costs more than chatting;
 *   <li>in turns one sends a message, waits for its ack, the other waits for the message and says
 *       that it was delivered;
 *   <li>both close.
 * </ol>
 *
 * <p>"send to ack" ends at the sender's ack, "send to delivered" at the arrival of the message at
 * the other's socket, both from just before the send. Fails on any failed request, on a p99 beyond
 * its bound, and where fewer messages went through than were meant to.
 */
public final class DirectMessagesSimulation extends Simulation {
  private static final String SERVER = System.getProperty("server", "http://localhost:8080");
  private static final int PAIRS = Math.max(2, Integer.getInteger("pairs", 20));
  private static final int RATE = Integer.getInteger("rate", 20);
  private static final int SECONDS = Integer.getInteger("seconds", 30);
  private static final int ACK_P99_MS = Integer.getInteger("ackP99", 250);
  private static final int DELIVERED_P99_MS = Integer.getInteger("deliveredP99", 250);

  private static final int ANSWER_SECONDS = 10;
  private static final int SETUP_MS_A_PAIR = 900;
  private static final int LATEST_DELIVERY_MS = 5_000;
  private static final int UNREAD_FRAMES = 64;
  private static final String FIRST = "first";
  private static final String SECOND = "second";
  private static final String ACKED = "send to ack";
  private static final String DELIVERED = "send to delivered";
  private static final String TEXT = "as people write, a line or two of text, ".repeat(3);

  private final HttpProtocolBuilder protocol =
      http.baseUrl(SERVER)
          .wsBaseUrl(SERVER.replaceFirst("^http", "ws"))
          .wsUnmatchedInboundMessageBufferSize(UNREAD_FRAMES)
          .contentTypeHeader("application/json");

  private final ScenarioBuilder pair =
      scenario("direct messages")
          .feed(names())
          .exec(signUp(FIRST), signUp(SECOND))
          .exec(
              http("open conversation")
                  .post("/v1/conversations")
                  .header("Authorization", "Bearer #{firstToken}")
                  .body(StringBody("{\"type\":\"dm\",\"memberIds\":[\"#{secondId}\"]}"))
                  .check(status().is(201), jsonPath("$.conversationId").saveAs("conversation")))
          .exec(connect(FIRST), connect(SECOND))
          .exitHereIfFailed()
          .rendezVous(PAIRS)
          // Not all in the same moment.
          .exec(pause(Duration.ZERO, Duration.ofMillis(1_000L * PAIRS / RATE)))
          .repeat(Math.max(1, RATE * SECONDS / PAIRS), "turn")
          .on(pace(Duration.ofMillis(1_000L * PAIRS / RATE)), message())
          .exec(ws("close").wsName(FIRST).close(), ws("close").wsName(SECOND).close());

  {
    setUp(pair.injectOpen(rampUsers(PAIRS).during(Duration.ofMillis(PAIRS * SETUP_MS_A_PAIR))))
        .protocols(protocol)
        .maxDuration(Duration.ofSeconds(120 + SECONDS + PAIRS))
        .assertions(
            global().failedRequests().percent().is(0.0),
            details(ACKED).responseTime().percentile(99).lte(ACK_P99_MS),
            details(DELIVERED).responseTime().percentile(99).lte(DELIVERED_P99_MS),
            details(DELIVERED)
                .successfulRequests()
                .count()
                .gte((long) PAIRS * Math.max(1, RATE * SECONDS / PAIRS)));
  }

  /** New people for each run: handles are unique by its time. */
  private static Iterator<Map<String, Object>> names() {
    String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    return IntStream.range(0, Integer.MAX_VALUE)
        .mapToObj(i -> Map.<String, Object>of("name", "sim-" + run + "-" + i))
        .iterator();
  }

  private static ChainBuilder signUp(String who) {
    String login = "{\"handle\":\"#{name}." + who + "\",\"password\":\"sim!#{name}\",";
    return exec(
        http("sign up")
            .post("/v1/accounts")
            .body(StringBody(login + "\"displayName\":\"#{name}\"}"))
            .check(status().is(201), jsonPath("$.userId").saveAs(who + "Id")),
        http("sign in")
            .post("/v1/sessions")
            .body(StringBody(login + "\"device\":{\"name\":\"simulation\"}}"))
            .check(status().is(201), jsonPath("$.accessToken").saveAs(who + "Token")));
  }

  private static ChainBuilder connect(String who) {
    return exec(
        ws("connect").wsName(who).connect("/v1/ws"),
        ws("hello")
            .wsName(who)
            .sendText("{\"t\":\"hello\",\"d\":{\"token\":\"#{" + who + "Token}\"}}")
            .await(ANSWER_SECONDS)
            .on(
                ws.checkTextMessage("hello to sync.end")
                    .matching(jsonPath("$.t").is("sync.end"))
                    .check(jsonPath("$.d").exists())));
  }

  private static ChainBuilder message() {
    return exec(DirectMessagesSimulation::next)
        .exec(
            ws("send")
                .wsName("#{sender}")
                .sendText(
                    "{\"t\":\"message.send\",\"id\":\"#{id}\",\"d\":{\"conversationId\":\"#{conversation}\","
                        + "\"clientMsgId\":\"#{id}\",\"body\":{\"text\":\""
                        + TEXT
                        + "\"}}}")
                .await(ANSWER_SECONDS)
                .on(
                    ws.checkTextMessage(ACKED)
                        // By type: session attributes are not resolved here, and a socket has one
                        // send under way.
                        .matching(jsonPath("$.t").in("ack", "error"))
                        .check(
                            jsonPath("$.t").is("ack"), jsonPath("$.d.changeSeq").saveAs("cursor"))))
        .exec(
            asLongAs(session -> waitsForDelivery(session))
                .on(
                    pause(Duration.ofMillis(2)),
                    ws.processUnmatchedMessages("#{receiver}", DirectMessagesSimulation::look)))
        .exec(
            dummy(DELIVERED, session -> (int) deliveryMs(session))
                .withSuccess(session -> session.contains("arrivedAt")))
        .exec(
            ws("receipt.delivered")
                .wsName("#{receiver}")
                .sendText(
                    "{\"t\":\"receipt.delivered\",\"d\":{\"cursors\":{\"#{conversation}\":#{cursor}}}}"));
  }

  private static Session next(Session session) {
    boolean even = session.getInt("turn") % 2 == 0;
    return session
        .remove("arrivedAt")
        .set("id", session.getString("name") + "-" + session.getInt("turn"))
        .set("sender", even ? FIRST : SECOND)
        .set("receiver", even ? SECOND : FIRST)
        .set("sentAt", System.currentTimeMillis());
  }

  private static boolean waitsForDelivery(Session session) {
    return !session.contains("arrivedAt")
        && System.currentTimeMillis() - session.getLong("sentAt") < LATEST_DELIVERY_MS;
  }

  /** Frames that no check waited for, with the time of their arrival. */
  private static Session look(List<WsInboundMessage> frames, Session session) {
    String id = "\"" + session.getString("id") + "\"";
    return frames.stream()
        .filter(WsInboundMessage.Text.class::isInstance)
        .map(WsInboundMessage.Text.class::cast)
        .filter(frame -> frame.message().contains("message.new") && frame.message().contains(id))
        .findFirst()
        .map(frame -> session.set("arrivedAt", frame.timestamp()))
        .orElse(session);
  }

  private static long deliveryMs(Session session) {
    return session.contains("arrivedAt")
        ? session.getLong("arrivedAt") - session.getLong("sentAt")
        : LATEST_DELIVERY_MS;
  }
}
