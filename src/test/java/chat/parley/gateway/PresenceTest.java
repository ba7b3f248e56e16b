package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.DeliverVisibility;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.PresenceState.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is shown to whom, when, and at what cost; on two gateways. */
class PresenceTest {
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");
  private static final UserId CARL = new UserId("carl");

  private final LiveFixture fixture = new LiveFixture();

  @AfterEach
  void end() {
    fixture.close();
  }

  @Test
  void aWatcherIsToldHowItIsAndThenWhatChangesWhereverTheUserIs() {
    LiveFixture.Peer ben = fixture.two.connect(BEN);
    fixture.pass(1_200);
    LiveFixture.Peer anna = fixture.one.connect(ANNA);

    anna.watch(BEN, CARL);
    assertThat(anna.told(BEN)).containsExactly("online");
    assertThat(anna.told(CARL)).containsExactly("offline");

    ben.leave();
    fixture.pass(1_600);
    assertThat(anna.told(BEN)).containsExactly("offline seen");
    assertThat(fixture.departures).hasSize(1);
    fixture.two.connect(BEN);
    fixture.pass(1_600);
    assertThat(anna.told(BEN)).containsExactly("online");
    assertThat(anna.told(CARL)).isEmpty();
  }

  @Test
  void ofSeveralDevicesTheMostPresentCounts() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    LiveFixture.Peer phone = fixture.one.connect(BEN);
    LiveFixture.Peer laptop = fixture.two.connect(BEN);
    fixture.pass(1_400);
    anna.watch(BEN);
    assertThat(anna.told(BEN)).containsExactly("online");

    phone.set(PresenceStatus.AWAY);
    fixture.pass(1_600);
    assertThat(anna.told(BEN)).isEmpty();
    laptop.set(PresenceStatus.AWAY);
    fixture.pass(1_600);
    assertThat(anna.told(BEN)).containsExactly("away");
    phone.set(PresenceStatus.ONLINE);
    fixture.pass(1_600);
    assertThat(anna.told(BEN)).containsExactly("online");
    phone.leave();
    fixture.pass(1_600);
    assertThat(anna.told(BEN)).containsExactly("away");
    laptop.leave();
    fixture.pass(1_600);
    assertThat(anna.told(BEN)).containsExactly("offline seen");
  }

  @Test
  void whoIsBackWithinAMomentHasNotGone() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    LiveFixture.Peer ben = fixture.two.connect(BEN);
    fixture.pass(1_400);
    anna.watch(BEN);
    anna.told(BEN);
    double before = fixture.count("parley.presence.bus.messages", "about", "news");

    ben.leave();
    fixture.pass(600);
    fixture.two.connect(BEN);
    fixture.pass(3_000);

    assertThat(anna.told(BEN)).isEmpty();
    assertThat(fixture.count("parley.presence.bus.messages", "about", "news")).isEqualTo(before);
  }

  @Test
  void aDeviceThatIsSilentForAMinuteIsGoneUntilItSpeaks() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    LiveFixture.Peer ben = fixture.two.connect(BEN);
    fixture.pass(1_400);
    anna.watch(BEN);
    fixture.pass(50_000);
    assertThat(anna.told(BEN)).containsExactly("online");
    ben.speak();
    fixture.pass(59_000);
    assertThat(anna.told(BEN)).isEmpty();
    fixture.pass(4_000);
    assertThat(anna.told(BEN)).containsExactly("offline seen");
    ben.speak();
    fixture.pass(4_000);
    assertThat(anna.told(BEN)).containsExactly("online");
  }

  @Test
  void eachWatchReplacesTheOneBefore() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    LiveFixture.Peer ben = fixture.two.connect(BEN);
    LiveFixture.Peer carl = fixture.two.connect(CARL);
    fixture.pass(1_400);
    anna.watch(BEN);
    anna.watch(CARL);
    assertThat(anna.told(BEN)).containsExactly("online");
    assertThat(anna.told(CARL)).containsExactly("online");
    ben.leave();
    carl.leave();
    fixture.pass(1_600);
    assertThat(anna.told(BEN)).isEmpty();
    assertThat(anna.told(CARL)).containsExactly("offline seen");
    anna.watch();
    fixture.two.connect(CARL);
    fixture.pass(1_600);
    assertThat(anna.told(CARL)).isEmpty();
    assertThat(gauge("parley.presence.watches")).isZero();
  }

  @Test
  void nobodyIsShownToWhomTheyDoNotLetSeeThem() {
    fixture.stored.put(BEN, PresenceVisibility.NOBODY);
    fixture.stored.put(CARL, PresenceVisibility.SHARED);
    fixture.sharing.add(Set.of(ANNA, CARL));
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    LiveFixture.Peer ben = fixture.two.connect(BEN);
    LiveFixture.Peer carl = fixture.two.connect(CARL);
    fixture.pass(1_400);
    anna.watch(BEN, CARL);
    ben.watch(BEN, CARL);
    assertThat(anna.told(BEN)).containsExactly("offline");
    assertThat(anna.told(CARL)).containsExactly("online");
    assertThat(ben.told(BEN)).as("everybody sees themselves").containsExactly("online");
    assertThat(ben.told(CARL)).containsExactly("offline");

    ben.leave();
    carl.leave();
    fixture.pass(1_600);
    assertThat(anna.told(BEN)).isEmpty();
    assertThat(anna.told(CARL)).containsExactly("offline seen");
    fixture.pass(60_000);
    assertThat(anna.told(BEN)).isEmpty();
  }

  @Test
  void aChangeOfWhoMaySeeIsToldAtOnceAndHidesWhatWasShown() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    fixture.two.connect(BEN);
    fixture.pass(1_400);
    anna.watch(BEN);
    assertThat(anna.told(BEN)).containsExactly("online");

    show(BEN, PresenceVisibility.NOBODY);
    assertThat(anna.told(BEN)).containsExactly("offline");
    show(BEN, PresenceVisibility.SHARED);
    assertThat(anna.told(BEN)).isEmpty();
    fixture.sharing.add(Set.of(ANNA, BEN));
    members(ChangeType.MEMBER_JOINED, BEN);
    assertThat(anna.told(BEN)).containsExactly("online");
    fixture.sharing.clear();
    members(ChangeType.MEMBER_LEFT, ANNA);
    assertThat(anna.told(BEN)).containsExactly("offline");
  }

  /** What the stage remembers is older than the move, which passed when nobody watched. */
  @Test
  void whoHadLeftWhenTheWatchBeganIsHiddenWithinSeconds() {
    fixture.stored.put(BEN, PresenceVisibility.SHARED);
    fixture.remembered.add(Set.of(ANNA, BEN));
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    fixture.two.connect(BEN);
    fixture.pass(1_400);
    members(ChangeType.MEMBER_LEFT, BEN);
    anna.watch(BEN);
    assertThat(anna.told(BEN)).containsExactly("online");

    fixture.pass(5_000);

    assertThat(anna.told(BEN)).containsExactly("offline");
  }

  @Test
  void whereItCannotBeKnownWhoMaySeeNobodyIsShown() {
    fixture.sharing.add(Set.of(ANNA, BEN));
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    fixture.two.connect(BEN);
    fixture.pass(1_400);
    fixture.stageAway = true;
    anna.watch(BEN);
    assertThat(anna.errors()).containsExactly("unavailable");
    assertThat(anna.told(BEN)).isEmpty();
    assertThat(gauge("parley.presence.watches")).isZero();

    fixture.stageAway = false;
    anna.watch(BEN);
    assertThat(anna.told(BEN)).containsExactly("online");
    fixture.stageAway = true;
    show(BEN, PresenceVisibility.SHARED);
    assertThat(anna.told(BEN)).containsExactly("offline");
    fixture.stageAway = false;
    fixture.pass(12_000);
    assertThat(anna.told(BEN)).containsExactly("online");
  }

  @Test
  void theUsersOfANodeThatLeavesAreGoneAtOnce() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    fixture.two.connect(BEN);
    fixture.two.connect(CARL);
    fixture.one.connect(CARL);
    fixture.pass(1_400);
    anna.watch(BEN, CARL);
    anna.told(BEN);
    anna.told(CARL);

    fixture.on(() -> fixture.cluster.leave("n2"));
    fixture.presences.places.values().forEach(places -> places.remove("n2"));
    fixture.pass(400);
    assertThat(anna.told(BEN)).containsExactly("offline seen");
    assertThat(anna.told(CARL)).isEmpty();
  }

  @Test
  void newsThatWasLostIsFoundWithTheNextBeat() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    fixture.pass(1_400);
    anna.watch(BEN);
    anna.told(BEN);

    fixture.presences.places.put(
        BEN, new HashMap<>(Map.of("n2", place("n2", fixture.clock.millis()))));
    fixture.pass(31_000);
    assertThat(anna.told(BEN)).containsExactly("online");
    fixture.pass(62_000);
    assertThat(anna.told(BEN)).as("nobody says it again").containsExactly("offline seen");
  }

  @Test
  void aNodeThatHasTooMuchToDoTellsLaterAndOnlyHowItIsThen() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    LiveFixture.Peer ben = fixture.one.connect(BEN);
    fixture.pass(1_400);
    anna.watch(BEN);
    anna.told(BEN);

    fixture.busy = true;
    ben.set(PresenceStatus.AWAY);
    for (int i = 0; i < 3; i++) {
      fixture.pass(25_000);
      ben.speak();
    }
    assertThat(anna.told(BEN)).isEmpty();
    anna.watch(BEN);
    assertThat(anna.errors()).containsExactly("overloaded");
    assertThat(fixture.count("parley.soft.shed", "kind", "presence", "why", "overload"))
        .isPositive();
    fixture.busy = false;
    fixture.pass(2_000);
    assertThat(anna.told(BEN)).containsExactly("away");
  }

  @Test
  void whoDoesNotReadIsToldWhenTheyDoAndOnlyHowItIsThen() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    LiveFixture.Peer ben = fixture.two.connect(BEN);
    fixture.pass(1_400);
    anna.watch(BEN);
    anna.told(BEN);

    anna.reads(false);
    fixture.on(
        () -> anna.connection.write("{\"t\":\"x\",\"d\":{\"x\":\"" + "x".repeat(400_000) + "\"}}"));
    ben.leave();
    fixture.pass(2_000);
    LiveFixture.Peer again = fixture.two.connect(BEN);
    again.set(PresenceStatus.AWAY);
    fixture.pass(2_000);
    assertThat(anna.told(BEN)).isEmpty();
    assertThat(fixture.count("parley.soft.shed", "why", "slow_reader")).isPositive();
    anna.reads(true);
    fixture.pass(400);
    assertThat(anna.told(BEN)).containsExactly("away");
  }

  @Test
  void theSocketsOfANodeWatchABoundedNumberOfUsers() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    UserId[] many = new UserId[fixture.settings.maxWatches()];
    for (int i = 0; i < many.length; i++) {
      many[i] = new UserId("u" + i);
    }
    anna.watch(many);
    assertThat(anna.errors()).isEmpty();
    LiveFixture.Peer ben = fixture.one.connect(BEN);
    ben.watch(ANNA);
    assertThat(ben.errors()).containsExactly("overloaded");
    anna.leave();
    ben.watch(ANNA);
    assertThat(ben.errors()).isEmpty();
  }

  @Test
  void aSocketBeginsToWatchABoundedNumberOfStrangers() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    int lists = FreshBudget.MOST / 20;
    for (int list = 0; list < lists; list++) {
      anna.watch(strangers(list));
      anna.watch(strangers(list));
    }
    assertThat(anna.errors()).isEmpty();
    for (int list = lists; list < 2 * lists; list++) {
      anna.watch(strangers(list));
    }
    assertThat(anna.errors()).contains("rate_limited");
    fixture.pass(3_000);
    anna.watch(strangers(2 * lists));
    assertThat(anna.errors()).isEmpty();
  }

  private static UserId[] strangers(int list) {
    UserId[] users = new UserId[20];
    for (int i = 0; i < users.length; i++) {
      users[i] = new UserId("u" + list + "-" + i);
    }
    return users;
  }

  @Test
  void inPeaceItCostsABeatAndNoMessage() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    LiveFixture.Peer ben = fixture.two.connect(BEN);
    fixture.pass(1_400);
    anna.watch(BEN);
    for (int i = 0; i < 4; i++) {
      anna.speak();
      ben.speak();
      fixture.pass(15_000);
    }
    double messages = fixture.count("parley.presence.bus.messages");
    double entries = fixture.count("parley.presence.entries");
    for (int i = 0; i < 4; i++) {
      anna.speak();
      ben.speak();
      fixture.pass(15_000);
    }
    assertThat(fixture.count("parley.presence.bus.messages")).isEqualTo(messages);
    assertThat(fixture.count("parley.presence.entries") - entries)
        .as("two users there and one watched, in two beats")
        .isBetween(4.0, 7.0);
  }

  @Test
  void theSamplerSaysForHowLongWhatIsShownHasBeenWrong() {
    LiveFixture.Peer anna = fixture.one.connect(ANNA);
    fixture.two.connect(BEN);
    fixture.pass(1_400);
    anna.watch(BEN);
    fixture.pass(11_000);
    assertThat(staleness()).isZero();

    fixture.connected.remove(BEN); // by the other witness the user is gone
    fixture.pass(21_000);
    assertThat(staleness()).isBetween(10.0, 21.0);
    fixture.connected.add(BEN);
    fixture.pass(6_000);
    assertThat(staleness()).isZero();
    assertThat(fixture.count("parley.presence.wrong")).isEqualTo(1);
  }

  private double staleness() {
    return gauge("parley.presence.staleness.seconds");
  }

  /** Of the first gateway. */
  private double gauge(String name) {
    return fixture.meters.get(name).gauge().value();
  }

  /** As the presence stage does: the map first, then its watchers. */
  private void show(UserId user, PresenceVisibility visibleTo) {
    fixture.stored.put(user, visibleTo);
    fixture.presences.visibleTo.put(user, visibleTo);
    fixture.on(() -> fixture.one.live.hear(new DeliverVisibility(user, visibleTo)));
    fixture.pass(400);
  }

  private void members(ChangeType type, UserId subject) {
    Change change =
        new Change(
            new ConversationId("room"), 7, 7, type, subject, subject, 0, new byte[] {'{', '}'});
    fixture.on(
        () ->
            fixture.one.live.hear(
                new DeliverChanges(List.of(new Delivery(change, List.of(ANNA))))));
    fixture.pass(2_600);
  }

  private static Place place(String node, long at) {
    return new Place(node, PresenceStatus.ONLINE, at);
  }
}
