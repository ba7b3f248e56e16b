package chat.parley.torture.check;

import static chat.parley.torture.check.Tale.by;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a socket may be told of a conversation whose member its user has been. */
class RemovalJudgeTest {
  @TempDir private Path folder;

  @Test
  void aSocketThatWasToldOfTheRemovalIsToldOfAReceipt() {
    assertThat(isTooMuch(removed())).isFalse();
    assertThat(isTooMuch(toldOfAReceipt(removed()))).isTrue();
    assertThat(isTooMuch(removed().say(receipt().noting("delivered")))).isTrue();
  }

  @Test
  void aNewSocketIsToldOfAReceiptBeforeItsUserCanBeBack() {
    assertThat(isTooMuch(comesBack(isAskedBack(toldOfAReceipt(connectsAnew(removed())))))).isTrue();
    assertThat(isTooMuch(comesBack(toldOfAReceipt(isAskedBack(connectsAnew(removed()))))))
        .isFalse();
    assertThat(isTooMuch(comesBack(toldOfAReceipt(isAskedBack(removed())))))
        .as("the old socket would have been told of the return first")
        .isTrue();
  }

  @Test
  void aResetStandsForTheReturnThatCameBeforeIt() {
    assertThat(isTooMuch(toldOfAReceipt(toldOfTheHead(comesBack(isAskedBack(removed())), 5))))
        .isFalse();
    assertThat(isTooMuch(toldOfAReceipt(toldOfTheHead(removed(), 4))))
        .as("the head is the removal itself: nobody is back")
        .isTrue();
  }

  @Test
  void aSocketIsToldWhereTheConversationIsBeforeItsUserCanBeBack() {
    assertThat(isTooMuch(comesBack(isAskedBack(toldOfTheHead(removed(), 5))))).isTrue();
  }

  private boolean isTooMuch(Tale tale) {
    return tale.judged(folder, Requirements.least()).violations().stream()
        .anyMatch(violation -> violation.kind() == Kind.AFTER_REMOVAL);
  }

  /** Eve, the third, is removed by number 4, and her socket is told so. */
  private static Tale removed() {
    Tale tale = new Tale();
    for (String user : List.of("ada", "bob", "eve")) {
      tale.connects(user + "/1").joins("g", user);
    }
    tale.cast("g", "group", "ada", "bob", "eve").leaves("g", "eve");
    return stored(tale, 1, 2, 3, 4).receives("eve/1", "g", 4);
  }

  private static Tale connectsAnew(Tale tale) {
    return tale.loses("eve/1", 1006).connects("eve/1");
  }

  private static Tale isAskedBack(Tale tale) {
    return tale.say(by("ada/1", Op.MEMBER, Phase.INVOKE).in("g").about("eve").noting("add"));
  }

  private static Tale comesBack(Tale tale) {
    return stored(tale.joins("g", "eve"), 5);
  }

  private static Tale toldOfAReceipt(Tale tale) {
    return tale.say(receipt());
  }

  private static Event.Draft receipt() {
    return by("eve/1", Op.CURSOR, Phase.OK).in("g").about("ada").at(0, 3);
  }

  private static Tale toldOfTheHead(Tale tale, long changeSeq) {
    return tale.say(
        by("eve/1", Op.CONNECTION, Phase.INFO).in("g").at(changeSeq, 0).noting("reset"));
  }

  private static Tale stored(Tale tale, long... numbers) {
    for (long number : numbers) {
      tale.say(tale.seen("store/1", Op.STORED, "g", number));
    }
    return tale;
  }
}
