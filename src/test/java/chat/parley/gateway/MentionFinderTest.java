package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.Mentions;
import chat.parley.model.UserId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MentionFinderTest {
  private final FakeAccounts accounts = new FakeAccounts();
  private final MentionFinder finder = new MentionFinder(accounts);

  @BeforeEach
  void signUp() {
    Stream.of("anna", "ben", "b.e-n_2", "x.").forEach(one -> accounts.create(one, one, ""));
  }

  @Test
  void findsHandlesOfAccountsInTheirOrderAndOnce() {
    assertThat(users("@ben and @ANNA, @nobody, @anna: (@b.e-n_2)"))
        .containsExactly("u-ben", "u-anna", "u-b.e-n_2");
  }

  @Test
  void aSentenceMayEndBehindAHandleAndAHandleInADot() {
    assertThat(users("ask @anna. Or @x. Or @ben...")).containsExactly("u-anna", "u-x.", "u-ben");
  }

  @Test
  void addressesAndLongerWordsNameNobody() {
    assertThat(users("mail anna@ben or see x/@anna, @@ben, @annabel, @anna-b, müller@anna"))
        .isEmpty();
    assertThat(users("no sign at all")).isEmpty();
  }

  @Test
  void theChannelIsAFlagAndNobodysHandle() {
    accounts.create("channel", "channel", "");

    assertThat(finder.in("@channel: lunch").result()).isEqualTo(new Mentions(List.of(), true));
    assertThat(finder.in("the channel").result()).isEqualTo(Mentions.NONE);
  }

  @Test
  void manyNamesCostABoundedLookUp() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < MentionFinder.MOST; i++) {
      text.append("@nobody").append(i).append(' ');
    }

    assertThat(users(text + "@anna")).isEmpty();
  }

  private List<String> users(String text) {
    return finder.in(text).result().users().stream().map(UserId::value).toList();
  }
}
