package chat.parley.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.conversation.Conversation;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Mentions;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageRulesTest {
  private static final UserId OWNER = new UserId("owner");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId GONE = new UserId("gone");
  private static final UserId STRANGER = new UserId("stranger");
  private static final MessageSettings OPEN = new MessageSettings(0, true, true);
  private static final MessageSettings STRICT = new MessageSettings(0, true, false);

  @Test
  void onlyMembersAreCalled() {
    Mentions named = new Mentions(List.of(STRANGER, ANNA, GONE, OWNER), false);

    assertThat(MessageRules.called(named, ANNA, state(ConversationType.GROUP), OPEN))
        .isEqualTo(new Mentions(List.of(ANNA, OWNER), false));
  }

  @Test
  void everybodyIsCalledByThoseWhoMay() {
    Mentions all = new Mentions(List.of(), true);
    ConversationState group = state(ConversationType.GROUP);

    assertThat(MessageRules.called(all, ANNA, group, OPEN).channel()).isTrue();
    assertThat(MessageRules.called(all, ANNA, group, STRICT)).isEqualTo(Mentions.NONE);
    assertThat(MessageRules.called(all, OWNER, group, STRICT).channel()).isTrue();
    assertThat(MessageRules.called(all, ANNA, state(ConversationType.DM), OPEN))
        .isEqualTo(Mentions.NONE);
  }

  private static ConversationState state(ConversationType type) {
    return new ConversationState(
        new Conversation(
            new ConversationId("c"),
            type,
            "t",
            OWNER,
            1,
            AckMode.PERSISTED,
            ConversationSettings.NONE),
        new Members(
            List.of(
                new Stint(OWNER, Role.OWNER, 1, Stint.STILL_THERE),
                new Stint(ANNA, Role.MEMBER, 2, Stint.STILL_THERE),
                new Stint(GONE, Role.MEMBER, 3, 9))),
        LimitSettings.defaults(),
        SizeSettings.defaults(),
        Paces.by(Clock.systemUTC()));
  }
}
