package chat.parley.replay;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.Member;
import chat.parley.client.Message;
import chat.parley.client.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A conversation of a host and Ada from the start; Bob joins at 4 and leaves at 7. Each test plants
 * one fault.
 */
class DeliveryCheckTest {
  private static final Set<String> FOUNDERS = Set.of("host", "ada");

  private final DeliveryCheck check = new DeliveryCheck();
  private final int ada = check.addDevice("ada", "ada-d");
  private final int bob = check.addDevice("bob", "bob-d");
  private List<Change> log;

  @BeforeEach
  void conversation() {
    log =
        new ArrayList<>(
            List.of(
                member(1, 0, "member.joined", "host"),
                member(2, 0, "member.joined", "ada"),
                message(3, 1, "k1"),
                member(4, 1, "member.joined", "bob"),
                message(5, 2, "k2"),
                message(6, 3, "k3"),
                member(7, 3, "member.left", "bob"),
                message(8, 4, "k4")));
    for (String key : List.of("k1", "k2", "k3", "k4")) {
      check.sent(ada, key);
    }
  }

  private static Change member(long changeSeq, long seq, String type, String userId) {
    Member member = new Member(userId, userId, userId, "member", -1);
    return new Change(type, "c", changeSeq, seq, "now", "host", null, member, null);
  }

  private static Change message(long changeSeq, long seq, String clientMsgId) {
    return message(changeSeq, seq, clientMsgId, "text of " + clientMsgId);
  }

  private static Change message(long changeSeq, long seq, String clientMsgId, String text) {
    Message message = new Message("m" + seq, seq, "ada", "ada-d", clientMsgId, "now", text, null);
    return new Change("message.new", "c", changeSeq, seq, "now", "ada", message, null, null);
  }

  private static Ack ack(long changeSeq, long seq, String clientMsgId) {
    return new Ack("c", clientMsgId, "m" + seq, seq, changeSeq, "now", "persisted", false);
  }

  private Change at(long changeSeq) {
    return log.get((int) changeSeq - 1);
  }

  private void receive(int device, long... numbers) {
    for (long number : numbers) {
      check.observed(device, at(number), Source.LIVE, 1);
      check.shown(device, at(number));
    }
  }

  private void ackAll() {
    check.acked(ada, ack(3, 1, "k1"));
    check.acked(ada, ack(5, 2, "k2"));
    check.acked(ada, ack(6, 3, "k3"));
    check.acked(ada, ack(8, 4, "k4"));
  }

  private List<Change> history() {
    return new ArrayList<>(log.stream().filter(Change::isMessage).toList());
  }

  private Findings verdict() {
    return check.verdict(log, history(), FOUNDERS);
  }

  private static Findings only(
      long lostMessages,
      long lostDeliveries,
      long doubled,
      long order,
      long contradictions,
      long holes,
      long leaked) {
    return new Findings(
        lostMessages, lostDeliveries, doubled, order, contradictions, holes, leaked, List.of());
  }

  private static void assertFound(Findings found, Findings expected) {
    assertThat(found).usingRecursiveComparison().ignoringFields("examples").isEqualTo(expected);
    assertThat(found.examples()).hasSizeGreaterThanOrEqualTo(expected.clean() ? 0 : 1);
  }

  @Test
  void whatIsAsPromisedIsClean() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 4, 5, 6, 7);
    Findings found = verdict();
    assertFound(found, only(0, 0, 0, 0, 0, 0, 0));
    assertThat(found.clean()).isTrue();
  }

  @Test
  void theTwoEndsOfAMembershipAreOptionalAndRepeatsAreHarmless() {
    ackAll();
    receive(ada, 3, 4, 5, 6, 7, 8);
    receive(bob, 5, 6);
    assertThat(check.observed(bob, at(5), Source.LIVE, 1))
        .isEqualTo(DeliveryCheck.Receipt.REPEATED);
    assertFound(verdict(), only(0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void aChangeThatADeviceNeverGotIsLost() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 4, 6, 7);
    Findings found = verdict();
    assertFound(found, only(0, 1, 0, 0, 0, 0, 0));
    assertThat(found.examples()).containsExactly("lost: bob-d never got 5");
  }

  @Test
  void anAckedMessageThatIsNowhereIsLost() {
    ackAll();
    check.sent(ada, "k5");
    check.acked(ada, ack(9, 5, "k5"));
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 5, 6);
    assertFound(verdict(), only(1, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void aMessageMissingFromTheHistoryIsLost() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 5, 6);
    List<Change> history = history();
    history.remove(1);
    assertFound(check.verdict(log, history, FOUNDERS), only(1, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void oneMessageUnderTwoNumbersIsDoubled() {
    log.add(message(9, 5, "k4"));
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    receive(bob, 5, 6);
    assertFound(check.verdict(log, history().subList(0, 4), FOUNDERS), only(0, 0, 1, 0, 0, 0, 0));
  }

  @Test
  void aChangeShownTwiceIsDoubled() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 5, 6);
    check.shown(bob, at(5));
    assertFound(verdict(), only(0, 0, 1, 0, 0, 0, 0));
  }

  @Test
  void aMessageTwiceInTheHistoryIsDoubled() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 5, 6);
    List<Change> history = history();
    history.add(at(8));
    assertFound(check.verdict(log, history, FOUNDERS), only(0, 0, 1, 0, 0, 0, 0));
  }

  @Test
  void twoLiveFramesSwappedAreOutOfOrder() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    check.observed(bob, at(6), Source.LIVE, 1);
    check.observed(bob, at(5), Source.LIVE, 1);
    assertFound(verdict(), only(0, 0, 0, 1, 0, 0, 0));
  }

  @Test
  void aLateFrameOnANewConnectionOrFromARepairIsNotOutOfOrder() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    check.observed(bob, at(6), Source.LIVE, 1);
    check.observed(bob, at(5), Source.REPAIR, 1);
    assertFound(verdict(), only(0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void aSendersMessagesSwappedAreOutOfOrderUnlessOneWasResent() {
    log.set(4, message(5, 2, "k3"));
    log.set(5, message(6, 3, "k2"));
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 5, 6);
    check.acked(ada, ack(3, 1, "k1"));
    check.acked(ada, ack(6, 3, "k2"));
    check.acked(ada, ack(5, 2, "k3"));
    check.acked(ada, ack(8, 4, "k4"));
    assertFound(verdict(), only(0, 0, 0, 1, 0, 0, 0));
  }

  @Test
  void aNumberWithTwoContentsIsAContradiction() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    check.observed(bob, message(5, 2, "k2", "another text"), Source.LIVE, 1);
    check.observed(bob, at(6), Source.LIVE, 1);
    assertFound(verdict(), only(0, 0, 0, 0, 1, 0, 0));
  }

  @Test
  void aMessageElsewhereThanItsAckSaidIsAContradiction() {
    check.acked(ada, ack(6, 3, "k2"));
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 5, 6);
    assertFound(verdict(), only(0, 0, 0, 0, 1, 0, 0));
  }

  @Test
  void aChangeThatTheLogDoesNotHaveIsAContradiction() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 5, 6);
    check.observed(ada, message(9, 5, "k9"), Source.LIVE, 1);
    assertFound(verdict(), only(0, 0, 0, 0, 1, 0, 0));
  }

  @Test
  void aDeliveryAfterALeaveIsALeak() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 5, 6, 7, 8);
    Findings found = verdict();
    assertFound(found, only(0, 0, 0, 0, 0, 0, 1));
    assertThat(found.examples()).containsExactly("leaked: bob-d got 8 without being a member");
  }

  @Test
  void aDeliveryBeforeAJoinIsALeak() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 3, 5, 6);
    assertFound(verdict(), only(0, 0, 0, 0, 0, 0, 1));
  }

  @Test
  void aMissingNumberIsAHole() {
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(bob, 5, 6);
    log.add(message(10, 5, "k5"));
    check.observed(ada, message(10, 5, "k5"), Source.LIVE, 1);
    assertFound(verdict(), only(0, 0, 0, 0, 0, 1, 0));
  }

  @Test
  void aSeqThatDoesNotCountTheMessagesIsAHole() {
    ackAll();
    log.add(message(9, 6, "k5"));
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    receive(bob, 5, 6);
    assertFound(verdict(), only(0, 0, 0, 0, 0, 1, 0));
  }

  @Test
  void whoComesBackMustHaveBothStays() {
    log.add(member(9, 4, "member.joined", "bob"));
    log.add(message(10, 5, "k5"));
    ackAll();
    receive(ada, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    receive(bob, 4, 5, 6, 7, 9);
    Findings found = verdict();
    assertFound(found, only(0, 1, 0, 0, 0, 0, 0));
    assertThat(found.examples()).containsExactly("lost: bob-d never got 10");
  }
}
