package chat.parley.presence;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.PresenceMessages.TypingAudience;
import chat.parley.bus.PresenceMessages.TypingQuery;
import chat.parley.model.ConversationId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.testing.MembersInMemory;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TypingAudiencesTest {
  private static final ConversationId GROUP = new ConversationId("group");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");
  private static final UserId CARL = new UserId("carl");

  private final MembersInMemory conversations = new MembersInMemory();
  private final TypingAudiences audiences = new TypingAudiences(conversations, 3);

  @BeforeEach
  void begin() {
    conversations.join(GROUP, ANNA, Role.OWNER);
    conversations.join(GROUP, BEN, Role.MEMBER);
    conversations.join(GROUP, CARL, Role.READONLY);
  }

  @Test
  void itIsTheMembersThatAreThereNowAndThoseWhoMayNotWriteAreNamed() {
    TypingAudience audience = of(ANNA).result();
    assertThat(audience.members()).containsExactlyInAnyOrder(ANNA, BEN, CARL);
    assertThat(audience.silent()).containsExactly(CARL);
    conversations.leave(GROUP, CARL, 9);
    assertThat(of(ANNA).result().members()).containsExactlyInAnyOrder(ANNA, BEN);
  }

  @Test
  void whoMayNotWriteIsRefusedAsElsewhere() {
    assertThat(failure(CARL)).isEqualTo(Failure.READ_ONLY);
    conversations.leave(GROUP, BEN, 9);
    assertThat(failure(BEN)).isEqualTo(Failure.NOT_A_MEMBER);
    assertThat(failure(new UserId("stranger"))).isEqualTo(Failure.NOT_FOUND);
  }

  @Test
  void ofALargeConversationTheMembersAreNotRead() {
    conversations.join(GROUP, new UserId("dora"), Role.MEMBER);
    assertThat(of(ANNA).result()).isEqualTo(new TypingAudience(List.of(), List.of(), true));
    assertThat(conversations.memberReads()).isZero();
    assertThat(failure(new UserId("stranger"))).isEqualTo(Failure.NOT_FOUND);
  }

  private Future<TypingAudience> of(UserId user) {
    return audiences.of(new TypingQuery(user, GROUP));
  }

  private Failure failure(UserId user) {
    return ((FailureException) of(user).cause()).failure();
  }
}
