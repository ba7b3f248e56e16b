package chat.parley.personal;

import static chat.parley.personal.PersonalSetting.NOT;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.model.ConversationId;
import chat.parley.personal.PersonalSetting.Reading;
import chat.parley.personal.PrivateReceipts.Choices;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PersonalSettingTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final long NOW = 1_000;

  @Test
  void nothingIsSetAtFirst() {
    assertThat(PersonalSetting.NONE.state(ROOM, new Reading(9, 4, 4, 2), Choices.NONE, NOW))
        .isEqualTo(new InboxState(ROOM, 5, 2, 4, 0, false, NOT, null));
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
    assertThat(muted.state(ROOM, new Reading(1, 1, 1, 0), Choices.NONE, NOW - 1).mutedUntil())
        .isEqualTo(NOW);
    assertThat(muted.state(ROOM, new Reading(1, 1, 1, 0), Choices.NONE, NOW).mutedUntil()).isZero();
  }

  @Test
  void aChoiceForOneConversationOutweighsTheOneForAll() {
    ConversationId other = new ConversationId("other");
    Choices hiddenButHere = new Choices(true, Map.of(ROOM, false));
    assertThat(hiddenButHere.hides(ROOM)).isFalse();
    assertThat(hiddenButHere.hides(other)).isTrue();
    assertThat(new Choices(false, Map.of(ROOM, true)).hides(ROOM)).isTrue();
    assertThat(Choices.NONE.hides(ROOM)).isFalse();
    Reading reading = new Reading(1, 1, 1, 0);
    assertThat(PersonalSetting.NONE.state(ROOM, reading, hiddenButHere, NOW).privateReceipts())
        .isFalse();
    assertThat(PersonalSetting.NONE.state(other, reading, hiddenButHere, NOW).privateReceipts())
        .isNull();
  }

  @Test
  void unreadIsNeverLessThanNothing() {
    assertThat(
            PersonalSetting.NONE.state(ROOM, new Reading(3, 5, 5, 0), Choices.NONE, NOW).unread())
        .isZero();
  }
}
