package chat.parley.personal;

import static chat.parley.personal.PersonalSetting.NOT;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.model.ConversationId;
import org.junit.jupiter.api.Test;

class PersonalSettingTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final long NOW = 1_000;

  @Test
  void nothingIsSetAtFirst() {
    assertThat(PersonalSetting.NONE.state(ROOM, 9, 4, 4, NOW))
        .isEqualTo(new InboxState(ROOM, 5, 4, 0, false, NOT));
  }

  @Test
  void anArchivedConversationComesBackWithANewMessage() {
    PersonalSetting archived = new PersonalSetting(0, 7, NOT);
    assertThat(archived.isArchived(7, NOW)).isTrue();
    assertThat(archived.isArchived(8, NOW)).isFalse();
    assertThat(new PersonalSetting(0, 0, NOT).isArchived(0, NOW)).isTrue();
  }

  @Test
  void aMutedOneStaysArchivedUntilTheMuteIsOver() {
    PersonalSetting both = new PersonalSetting(NOW + 1, 7, NOT);
    assertThat(both.isArchived(99, NOW)).isTrue();
    assertThat(both.isArchived(99, NOW + 1)).isFalse();
    assertThat(both.isArchived(7, NOW + 1)).isTrue();
  }

  @Test
  void aMuteThatIsOverIsNotShown() {
    PersonalSetting muted = new PersonalSetting(NOW, NOT, 3);
    assertThat(muted.state(ROOM, 1, 1, 1, NOW - 1).mutedUntil()).isEqualTo(NOW);
    assertThat(muted.state(ROOM, 1, 1, 1, NOW).mutedUntil()).isZero();
  }

  @Test
  void unreadIsNeverLessThanNothing() {
    assertThat(PersonalSetting.NONE.state(ROOM, 3, 5, 5, NOW).unread()).isZero();
  }
}
