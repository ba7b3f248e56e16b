package chat.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.conversation.ChannelNames.Hit;
import chat.parley.model.ConversationId;
import org.junit.jupiter.api.Test;

class TitleWordsTest {
  private static final ConversationId CHANNEL = new ConversationId("c");

  @Test
  void wordsAreFoundByTheirBeginningsInWhateverCaseAndOrder() {
    assertThat(TitleWords.of("Tea & Cake, très BON (2)"))
        .containsExactly("tea", "cake", "très", "bon", "2");
    assertThat(TitleWords.match("CA te", "Tea & Cake")).isTrue();
    assertThat(TitleWords.match("ake", "Tea & Cake")).isFalse();
    assertThat(TitleWords.match("", null)).isTrue();
    assertThat(TitleWords.of("日本語 チャット")).containsExactly("日本語", "チャット");
  }

  @Test
  void ofSeveralNamesAChannelAnswersUnderOne() {
    assertThat(new Hit(CHANNEL, "tea").isFor("te", "Tea team")).isTrue();
    assertThat(new Hit(CHANNEL, "team").isFor("te", "Tea team")).isFalse();
    assertThat(new Hit(CHANNEL, "team").isFor("te ca", "Cake team")).isTrue();
  }

  @Test
  void aNameThatAChannelNoLongerBearsFindsNothing() {
    assertThat(new Hit(CHANNEL, "tea").isFor("te", "Coffee")).isFalse();
    assertThat(new Hit(CHANNEL, "tea time").isFor("", "Coffee")).isFalse();
    assertThat(new Hit(CHANNEL, "coffee").isFor("", "Coffee")).isTrue();
  }
}
