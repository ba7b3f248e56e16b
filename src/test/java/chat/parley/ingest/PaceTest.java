package chat.parley.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.FailureException.Scope;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.IngestMessages.Toll;
import chat.parley.limit.Kind;
import chat.parley.limit.Limit;
import chat.parley.limit.Rate;
import chat.parley.limit.RateSettings;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PaceTest {
  private static final Map<Limit, Rate> RATES =
      Map.of(
          new Limit(Scope.CONVERSATION, Kind.MESSAGES), Rate.parse("3 + 1/m"),
          new Limit(Scope.CONVERSATION, Kind.BYTES), Rate.parse("1000 + 1/m"),
          new Limit(Scope.CONVERSATION, Kind.CHANNEL_CALLS), Rate.parse("1 + 1/m"));

  private final Pace pace = Paces.by(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), settings());

  private static RateSettings settings() {
    RateSettings usual = RateSettings.defaults();
    return new RateSettings(
        RATES, usual.arrivals(), usual.trustedAddresses(), usual.trustedProxies());
  }

  private static SendMessage send(String user, int bytes) {
    return new SendMessage(
        new ConversationId("c"),
        new UserId(user),
        new DeviceId("d"),
        new ClientMsgId("m"),
        new byte[bytes],
        null);
  }

  private FailureException refusal(SendMessage send, boolean calls) {
    return catchThrowableOfType(
        FailureException.class, () -> pace.check(send, Role.MEMBER, 0, calls));
  }

  @Test
  void allMembersTogetherSendNoFasterThanTheConversationMayGo() {
    assertThat(refusal(send("ann", 10), false)).isNull();
    assertThat(refusal(send("ben", 10), false)).isNull();
    assertThat(refusal(send("ann", 10), false)).isNull();

    FailureException refusal = refusal(send("cid", 10), false);

    assertThat(refusal.failure()).isEqualTo(Failure.RATE_LIMITED);
    assertThat(refusal.scope()).isEqualTo(Scope.CONVERSATION);
    assertThat(refusal.retryAfterMs()).isEqualTo(60_000);
    assertThat(refusal(send("bot", 10).with(Toll.EXEMPT), true)).isNull();
  }

  @Test
  void bytesAndCallsOfEverybodyHaveLimitsOfTheirOwn() {
    assertThat(refusal(send("ann", 900), true)).isNull();
    assertThat(refusal(send("ann", 900), false).retryAfterMs()).isEqualTo(800 * 60_000L);
    assertThat(refusal(send("ann", 10), true).retryAfterMs()).isEqualTo(60_000);
  }

  @Test
  void whatTheEdgeHasRefusedIsRefusedInItsWordsAndTakesNothing() {
    for (int i = 0; i < 10; i++) {
      FailureException refusal = refusal(send("ann", 10).with(new Toll(false, Scope.IP, 7)), true);
      assertThat(refusal.scope()).isEqualTo(Scope.IP);
      assertThat(refusal.retryAfterMs()).isEqualTo(7);
    }
    assertThat(refusal(send("ann", 10), true)).isNull();
  }
}
