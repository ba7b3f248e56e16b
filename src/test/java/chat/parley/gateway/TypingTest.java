package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.PresenceMessages.TypingAudience;
import chat.parley.bus.PresenceMessages.TypingQuery;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told that somebody types, for how long, and how much of it at most. */
class TypingTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");
  private static final UserId CARL = new UserId("carl");
  private static final UserId DORA = new UserId("dora");

  private final LiveFixture fixture = new LiveFixture();
  private LiveFixture.Peer anna;
  private LiveFixture.Peer ben;

  @BeforeEach
  void begin() {
    room(ROOM, ANNA, BEN, CARL);
    anna = member(fixture.one.connect(ANNA));
    ben = member(fixture.two.connect(BEN));
  }

  @AfterEach
  void end() {
    fixture.close();
  }

  @Test
  void theOthersAndOnesOwnOtherDevicesAreToldUntilItEndsOrIsOver() {
    LiveFixture.Peer annasOther = member(fixture.two.connect(ANNA));
    LiveFixture.Peer dora = member(fixture.two.connect(DORA));

    anna.type(ROOM, true);
    assertThat(ben.typing()).containsExactly("anna for 5000");
    assertThat(annasOther.typing()).containsExactly("anna for 5000");
    assertThat(anna.heard).isEmpty();
    assertThat(dora.heard).isEmpty();
    anna.type(ROOM, false);
    assertThat(ben.typing()).containsExactly("anna ended 0");
    anna.type(ROOM, false);
    assertThat(ben.typing()).isEmpty();

    anna.type(ROOM, true);
    assertThat(ben.typing()).containsExactly("anna for 5000");
    fixture.pass(4_800);
    assertThat(ben.typing()).isEmpty();
    fixture.pass(400);
    assertThat(ben.typing()).containsExactly("anna ended 0");
  }

  @Test
  void whoGoesTypesNoMore() {
    anna.type(ROOM, true);
    ben.typing();
    anna.leave();
    fixture.settle();
    assertThat(ben.typing()).containsExactly("anna ended 0");
  }

  @Test
  void toSayItAgainAtOnceSaysNothingAndLaterKeepsItUp() {
    anna.type(ROOM, true);
    anna.type(ROOM, true);
    fixture.pass(1_000);
    anna.type(ROOM, true);
    assertThat(ben.typing()).containsExactly("anna for 5000");
    fixture.pass(2_000);
    anna.type(ROOM, true);
    assertThat(ben.typing()).containsExactly("anna for 5000");
    fixture.pass(3_000);
    assertThat(ben.typing()).isEmpty();
    assertThat(fixture.asked.stream().filter(TypingQuery.class::isInstance).count())
        .as("the members are asked for once in five seconds, and not at each word")
        .isEqualTo(1);
  }

  @Test
  void onlyMembersWhoMayWriteAreTakenAtTheirWord() {
    fixture.rooms.put(ROOM, new TypingAudience(List.of(ANNA, BEN, CARL), List.of(CARL), false));
    LiveFixture.Peer carl = member(fixture.one.connect(CARL));
    LiveFixture.Peer dora = fixture.one.connect(DORA);
    carl.type(ROOM, true);
    dora.type(ROOM, true);
    dora.type(ROOM, false);
    assertThat(carl.errors()).containsExactly("read_only");
    assertThat(dora.errors()).containsExactly("not_found", "not_found");
    anna.type(ROOM, true);
    carl.type(ROOM, true);
    assertThat(carl.errors()).containsExactly("read_only");
    assertThat(ben.typing()).containsExactly("anna for 5000");
    assertThat(carl.typing()).containsExactly("anna for 5000");
  }

  @Test
  void whoWasToldOfTheirRemovalNeitherTypesNorHears() {
    fixture.on(() -> ben.connection.knownFeed(ROOM).stream.skipTo(9, true));
    ben.type(ROOM, true);
    assertThat(ben.errors()).containsExactly("not_a_member");
    anna.type(ROOM, true);
    assertThat(ben.typing()).isEmpty();
  }

  @Test
  void aSocketTypesInFewConversationsAndSaysSoSeldom() {
    for (int i = 0; i <= Talk.MOST_AT_ONCE; i++) {
      ConversationId other = new ConversationId("room" + i);
      room(other, ANNA, BEN);
      anna.type(other, true);
    }
    assertThat(shed("connection")).isEqualTo(1);
    for (int i = Talk.MOST_AT_ONCE + 1; i < Talk.MOST_WORDS; i++) {
      anna.type(ROOM, false);
    }
    assertThat(shed("connection")).isEqualTo(1);
    anna.type(ROOM, false);
    anna.type(ROOM, true);
    assertThat(shed("connection")).isEqualTo(3);
    assertThat(anna.errors()).isEmpty();
  }

  @Test
  void inOneConversationAFewAreShownToType() {
    List<UserId> members = new ArrayList<>(List.of(BEN));
    List<LiveFixture.Peer> typists = new ArrayList<>();
    for (int i = 0; i < 2 * Typists.MOST; i++) {
      members.add(new UserId("u" + i));
    }
    fixture.rooms.put(ROOM, new TypingAudience(members, List.of(), false));
    for (UserId user : members.subList(1, members.size())) {
      LiveFixture.Gateway gateway = typists.size() % 2 == 0 ? fixture.one : fixture.two;
      typists.add(member(gateway.connect(user)));
    }
    typists.forEach(typist -> typist.type(ROOM, true));
    assertThat(ben.typing()).hasSize(Typists.MOST);
    assertThat(shed("conversation")).isPositive();
    fixture.pass(5_400);
    ben.typing();
    typists.get(0).type(ROOM, true);
    assertThat(ben.typing()).containsExactly("u0 for 5000");
  }

  @Test
  void inALargeConversationNobodyIsTold() {
    fixture.rooms.put(ROOM, new TypingAudience(List.of(), List.of(), true));
    anna.type(ROOM, true);
    fixture.pass(1_000);
    anna.type(ROOM, true);
    assertThat(anna.errors()).isEmpty();
    assertThat(ben.typing()).isEmpty();
    assertThat(shed("large")).isEqualTo(2);
    assertThat(fixture.count("parley.presence.bus.messages", "about", "typing")).isZero();
  }

  @Test
  void itIsTheFirstToGoUnderLoadAndForASlowReader() {
    ben.reads(false);
    fixture.on(
        () -> ben.connection.write("{\"t\":\"x\",\"d\":{\"x\":\"" + "x".repeat(400_000) + "\"}}"));
    anna.type(ROOM, true);
    assertThat(ben.typing()).isEmpty();
    assertThat(shed("slow_reader")).isEqualTo(1);
    ben.reads(true);
    fixture.busy = true;
    fixture.pass(2_200);
    anna.type(ROOM, true);
    assertThat(ben.typing()).isEmpty();
    assertThat(shed("overload")).isPositive();
    assertThat(anna.errors()).isEmpty();
  }

  private void room(ConversationId conversation, UserId... members) {
    fixture.rooms.put(conversation, new TypingAudience(List.of(members), List.of(), false));
  }

  /** Its device has been given the room's changes so far. */
  private LiveFixture.Peer member(LiveFixture.Peer peer) {
    fixture.on(() -> peer.connection.feed(ROOM).stream.startAt(8, false));
    return peer;
  }

  private double shed(String why) {
    return fixture.count("parley.soft.shed", "kind", "typing", "why", why);
  }
}
