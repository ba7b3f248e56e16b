package chat.parley.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.ReceiptMessages.ReceiptKind;
import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptFanOutTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");

  private final FakeCluster cluster = new FakeCluster();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> sent = new ArrayList<>();
  private final ReceiptFanOut receipts =
      new ReceiptFanOut(
          cluster,
          cluster,
          (gateway, soft) ->
              sent.add(
                  gateway
                      + soft.users().stream().map(UserId::value).sorted().toList()
                      + new String(soft.frame(), StandardCharsets.UTF_8)),
          new FanOutSettings("group", 100, 60, 3, 50, 2, 0, 8),
          new FanOutMeters(meters, Clock.systemUTC(), FanOutMeters.Mode.SMALL),
          Ticker.systemTicker());

  @Test
  void tellsTheOtherMembersTheHighestOfACursor() {
    members(ANNA, BEN);
    assertThat(receipts.add(receipt(ReceiptKind.READ, 4))).isTrue();
    assertThat(receipts.add(receipt(ReceiptKind.READ, 6))).isFalse();
    receipts.add(receipt(ReceiptKind.READ, 5));

    receipts.flush();

    assertThat(sent)
        .containsExactly(
            "g-ben[ben]{\"t\":\"receipt.read\",\"d\":{\"conversationId\":\"room\",\"userId\":\"anna\",\"seq\":6}}");
  }

  @Test
  void shedsPastItsBound() {
    members(ANNA, BEN);
    receipts.add(receipt(ReceiptKind.READ, 1));
    receipts.add(receipt(ReceiptKind.DELIVERED, 1));
    receipts.add(new ReceiptMoved(ROOM, BEN, ReceiptKind.READ, 1));

    receipts.flush();

    assertThat(sent).hasSize(2);
    assertThat(meters.get("parley.fanout.receipts.shed").counter().count()).isEqualTo(1);
  }

  @Test
  void saysNothingInALargeConversationOrOfAStranger() {
    members(BEN);
    receipts.add(receipt(ReceiptKind.READ, 1));
    receipts.flush();
    receipts.forget(ROOM);
    members(ANNA, new UserId("c"), new UserId("d"));
    receipts.add(receipt(ReceiptKind.READ, 1));
    receipts.flush();

    assertThat(sent).isEmpty();
  }

  private void members(UserId... users) {
    for (UserId user : users) {
      cluster.member(ROOM, user, 1);
      cluster.connect(user, "g-" + user);
    }
  }

  private static ReceiptMoved receipt(ReceiptKind kind, long seq) {
    return new ReceiptMoved(ROOM, ANNA, kind, seq);
  }
}
