package chat.parley.presence;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.model.ConversationId;
import chat.parley.model.DmPair;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.testing.MembersInMemory;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedConversationsTest {
  private static final ConversationId GROUP = new ConversationId("group");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");
  private static final UserId CARL = new UserId("carl");

  private final MembersInMemory conversations = new MembersInMemory();
  private final SharedConversations shared =
      new SharedConversations(conversations, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

  @Test
  void whoIsInAConversationWithTheViewerSharesOne() {
    conversations.join(GROUP, ANNA, Role.OWNER);
    conversations.join(GROUP, BEN, Role.MEMBER);
    conversations.join(new ConversationId("other"), CARL, Role.MEMBER);
    assertThat(sharing(false)).containsExactly(BEN);
  }

  @Test
  void aPairsConversationIsKnownByItsIdAndCostsNoReading() {
    conversations.join(DmPair.idOf(ANNA, BEN), ANNA, Role.MEMBER);
    conversations.join(DmPair.idOf(ANNA, BEN), BEN, Role.MEMBER);
    conversations.join(DmPair.idOf(ANNA, CARL), ANNA, Role.MEMBER);
    conversations.join(DmPair.idOf(ANNA, CARL), CARL, Role.MEMBER);
    assertThat(sharing(false)).containsExactlyInAnyOrder(BEN, CARL);
    assertThat(conversations.listReads()).isEqualTo(1);
  }

  @Test
  void whoHasLeftSharesNoMore() {
    conversations.join(GROUP, ANNA, Role.OWNER);
    conversations.join(GROUP, BEN, Role.MEMBER);
    assertThat(sharing(false)).containsExactly(BEN);
    conversations.leave(GROUP, BEN, 9);
    assertThat(sharing(false)).as("of the others some seconds are remembered").containsExactly(BEN);
    assertThat(sharing(true)).isEmpty();
    conversations.join(GROUP, CARL, Role.MEMBER);
    conversations.leave(GROUP, ANNA, 9);
    assertThat(sharing(false)).as("the viewer's own is read each time").isEmpty();
  }

  private List<UserId> sharing(boolean fresh) {
    return shared.sharing(ANNA, List.of(BEN, CARL), fresh).result();
  }
}
