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

/** What may and may not become of messages that are edited, deleted and reacted to. */
class AmendmentJudgeTest {
  private static final String EDIT = "message.edit";
  private static final String DELETE = "message.delete";
  private static final String REACTION = "reaction";
  private static final Requirements REQUIRED = Requirements.least().withLeastAmended(8);

  @TempDir private Path folder;

  private List<Kind> kinds(Tale tale) {
    return tale.judged(folder, REQUIRED).violations().stream().map(Violation::kind).toList();
  }

  /** Two messages, 4 by ada and 5 by bob, and what becomes of them; eve goes at 12. */
  private static Tale before() {
    Tale tale = new Tale();
    for (String user : List.of("ada", "bob", "eve")) {
      tale.connects(user + "/1").joins("g", user);
    }
    tale.cast("g", "group", "ada", "bob", "eve").says("ada/1", "g", "m4").says("bob/1", "g", "m5");
    long beforeAll = tale.now();
    tale.amends("ada/1", "g", EDIT, 4, "better", null) // 6
        .amends("bob/1", "g", REACTION, 4, "+x", null) // 7
        .amends("eve/1", "g", REACTION, 4, "+x", null) // 8
        .amends("bob/1", "g", REACTION, 4, "-x", null) // 9
        .amends("ada/1", "g", EDIT, 4, "best", "x=eve") // 10
        .amends("bob/1", "g", DELETE, 5, null, null); // 11
    // Asked for before the first edit, and answered now; and live, on its way all the time.
    tale.say(tale.seen("bob/1", Op.RECEIVE, "g", 4).from("changes").askedAt(beforeAll));
    tale.say(tale.seen("eve/1", Op.RECEIVE, "g", 5));
    // It was so already: by the same edit, and by nothing but the message as it is.
    tale.say(tale.amend("ada/2", "g", EDIT, 4, "best", Phase.INVOKE))
        .say(tale.amend("ada/2", "g", EDIT, 4, "best", Phase.OK).at(10, 0).from("replayed"))
        .say(tale.amend("bob/2", "g", REACTION, 4, "-x", Phase.INVOKE))
        .say(tale.amend("bob/2", "g", REACTION, 4, "-x", Phase.OK).at(10, 0).from("replayed"));
    // Refused, and nobody knows.
    tale.say(tale.amend("bob/1", "g", EDIT, 5, "again", Phase.INVOKE))
        .say(tale.amend("bob/1", "g", EDIT, 5, "again", Phase.FAIL))
        .say(tale.amend("eve/1", "g", REACTION, 4, "+y", Phase.INVOKE))
        .say(tale.amend("eve/1", "g", REACTION, 4, "+y", Phase.INFO));
    tale.leaves("g", "eve").amends("ada/1", "g", EDIT, 4, "last", "x=eve"); // 12, 13
    return tale.shows("ada/1", "g", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
        .shows("bob/1", "g", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
        .shows("eve/1", "g", 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  }

  /** A message or an edit as a page shows it that is asked for now. */
  private static Event.Draft page(Tale tale, String device, long number, long version) {
    String text =
        switch ((int) version) {
          case 4 -> "m4";
          case 6, 7, 8, 9 -> "better";
          case 10 -> "best";
          case 13 -> "last";
          default -> null;
        };
    String reactions =
        switch ((int) version) {
          case 7 -> "x=bob";
          case 8 -> "x=bob,eve";
          case 9, 10, 13 -> "x=eve";
          default -> null;
        };
    return tale.seen(device, Op.RECEIVE, "g", number)
        .hashed(tale.hashOf("g", version == 11 ? 5 : 4, text))
        .reacted(reactions)
        .asOf(version)
        .from("changes")
        .askedAt(tale.now());
  }

  private static Tale sound() {
    Tale tale = before();
    return end(
        tale.say(page(tale, "ada/1", 4, 13))
            .say(page(tale, "ada/1", 5, 11))
            .say(page(tale, "ada/1", 6, 13))
            .say(page(tale, "ada/1", 10, 13))
            .say(page(tale, "eve/1", 4, 10))
            .say(page(tale, "eve/1", 5, 11)));
  }

  private static Tale end(Tale tale) {
    return tale.reading("devices", Phase.INVOKE)
        .reads("ada", "g")
        .reading("devices", Phase.OK)
        .storesAndPublishes();
  }

  /** Fresh devices are not what is told of here. */
  private List<Kind> told(Tale tale) {
    return kinds(end(tale)).stream().filter(kind -> kind != Kind.FINAL_LACKS).toList();
  }

  @Test
  void whatIsOddAndRightIsSound() {
    Judgement judgement = sound().judged(folder, REQUIRED);

    assertThat(judgement.violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.FINAL_LACKS);
    assertThat(judgement.figures().amended()).isEqualTo(9);
  }

  @Test
  void aPageShowsWhatTheChangesDoNotMake() {
    Tale text = before();
    text.say(page(text, "ada/1", 4, 13).hashed(text.hashOf("g", 4, "best")));
    Tale reactions = before();
    reactions.say(page(reactions, "ada/1", 4, 13).reacted("x=bob,eve"));
    Tale version = before();
    version.say(page(version, "ada/1", 5, 11).asOf(12));

    for (Tale tale : List.of(text, reactions, version)) {
      assertThat(told(tale)).containsExactly(Kind.WRONG_STATE);
    }
  }

  @Test
  void anUnalteredMessageIsShownWithAnothersText() {
    Tale tale = before();
    tale.say(tale.seen("ada/1", Op.RECEIVE, "g", 4).hashed(tale.hashOf("g", 4, "best")));

    assertThat(told(tale)).containsExactly(Kind.TWO_CONTENTS);
  }

  @Test
  void anEditSaysItsMessageToThoseAloneWhoMayReadThat() {
    Tale without = newcomer();
    without.say(withoutMessage(without, "zoe/1", Op.RECEIVE));
    Tale whole = newcomer();
    whole.say(whole.seen("zoe/1", Op.RECEIVE, "g", 15));
    Tale withheld = newcomer();
    withheld.say(withoutMessage(withheld, "bob/1", Op.RECEIVE));

    assertThat(told(without)).isEmpty();
    assertThat(told(whole)).containsExactly(Kind.BEFORE_JOIN);
    assertThat(told(withheld)).containsExactly(Kind.WITHHELD);
  }

  /** Zoe comes at 14, and 15 is an edit of a message from before. */
  private static Tale newcomer() {
    Tale tale = before().connects("zoe/1").joins("g", "zoe");
    tale.amends("ada/1", "g", EDIT, 4, "at last", "x=eve");
    tale.shows("zoe/1", "g", 14).say(withoutMessage(tale, "zoe/1", Op.SHOW));
    return tale.shows("ada/1", "g", 14, 15).shows("bob/1", "g", 14, 15);
  }

  private static Event.Draft withoutMessage(Tale tale, String device, Op op) {
    return tale.seen(device, op, "g", 15).hashed("of nothing").about(null).of(0).reacted(null);
  }

  @Test
  void anAnswerIsOlderThanAnAck() {
    Tale edit = before();
    edit.say(page(edit, "ada/1", 4, 10));
    Tale reaction = before();
    reaction.say(page(reaction, "eve/1", 4, 8));
    Tale resync = before();
    resync.loses("ada/1", 1006).connects("ada/1");
    resync.say(page(resync, "ada/1", 4, 10).from("resync").askedAt(0));
    Tale off = before();
    off.say(by("ada/1", Op.CONNECTION, Phase.INFO).noting("off")).connects("ada/1");
    off.say(page(off, "ada/1", 4, 10).from("repair").askedAt(0));

    for (Tale tale : List.of(edit, reaction, resync, off)) {
      assertThat(told(tale)).containsExactly(Kind.STALE_STATE);
    }
  }

  @Test
  void aDeletedTextIsRead() {
    Tale member = before();
    member.say(member.seen("ada/1", Op.RECEIVE, "g", 5).from("history").askedAt(member.now()));
    Tale gone = before();
    gone.say(gone.seen("eve/1", Op.RECEIVE, "g", 5).from("changes").askedAt(gone.now()));
    Tale inTheEnd = before();
    inTheEnd.say(inTheEnd.seen("bob/fresh", Op.FINAL, "g", 5).askedAt(inTheEnd.now()));

    for (Tale tale : List.of(member, gone, inTheEnd)) {
      assertThat(told(tale)).containsExactly(Kind.DELETED_READ);
    }
  }

  @Test
  void whoHasGoneIsShownALaterEdit() {
    Tale gone = before();
    gone.say(page(gone, "eve/1", 4, 13));
    assertThat(told(gone)).containsExactly(Kind.AFTER_REMOVAL);

    Tale back = before();
    back.say(by("ada/1", Op.MEMBER, Phase.INVOKE).in("g").about("eve").noting("add"))
        .say(page(back, "eve/1", 4, 13))
        .joins("g", "eve");
    back.shows("ada/1", "g", 14).shows("bob/1", "g", 14);
    assertThat(told(back)).isEmpty();
  }

  @Test
  void anAckedAmendmentIsNotThere() {
    Tale nothing = before();
    nothing
        .say(nothing.amend("bob/1", "g", REACTION, 4, "+z", Phase.INVOKE))
        .say(nothing.amend("bob/1", "g", REACTION, 4, "+z", Phase.OK).at(14, 0));
    Tale another = before();
    another
        .say(another.amend("ada/1", "g", EDIT, 4, "other", Phase.INVOKE))
        .alters("ada/1", "g", EDIT, 4, "lost", "x=eve")
        .say(another.amend("ada/1", "g", EDIT, 4, "lost", Phase.INVOKE))
        .say(another.amend("ada/1", "g", EDIT, 4, "other", Phase.OK).at(14, 0));
    another.shows("ada/1", "g", 14).shows("bob/1", "g", 14);
    Tale notSo = before();
    notSo
        .say(notSo.amend("ada/1", "g", EDIT, 4, "better", Phase.INVOKE))
        .say(notSo.amend("ada/1", "g", EDIT, 4, "better", Phase.OK).at(13, 0).from("replayed"));

    assertThat(told(nothing)).contains(Kind.AMENDMENT_LOST);
    assertThat(told(another)).containsExactly(Kind.AMENDMENT_LOST);
    assertThat(told(notSo)).containsExactly(Kind.AMENDMENT_LOST);
  }

  @Test
  void anAmendmentGetsALowerNumberThanWhatHadBeenSeen() {
    Tale tale = before();
    tale.say(tale.amend("ada/3", "g", EDIT, 4, "best", Phase.INVOKE))
        .say(tale.amend("ada/3", "g", EDIT, 4, "best", Phase.OK).at(10, 0));

    assertThat(told(tale)).containsExactly(Kind.REAL_TIME);
  }

  @Test
  void theLogHasWhatNobodyAskedForOrWhatWasRefused() {
    Tale unasked = before().alters("bob/1", "g", REACTION, 4, "+z", null);
    unasked.shows("ada/1", "g", 14).shows("bob/1", "g", 14);
    assertThat(told(unasked)).containsExactly(Kind.CONTENT_NOT_SENT);

    Tale refused = before();
    refused
        .say(refused.amend("bob/1", "g", REACTION, 4, "+z", Phase.INVOKE))
        .say(refused.amend("bob/1", "g", REACTION, 4, "+z", Phase.FAIL))
        .alters("bob/1", "g", REACTION, 4, "+z", null);
    refused.shows("ada/1", "g", 14).shows("bob/1", "g", 14);
    assertThat(told(refused)).containsExactly(Kind.REFUSED_YET_STORED);
  }

  @Test
  void theLogHasAnAmendmentTwiceOrOfWhatIsDeleted() {
    for (Tale tale :
        List.of(
            before().amends("ada/1", "g", EDIT, 4, "last", "x=eve"),
            before().amends("bob/1", "g", REACTION, 4, "-x", null),
            before().amends("bob/1", "g", DELETE, 5, null, null),
            before().amends("ada/1", "g", REACTION, 5, "+x", null))) {
      tale.shows("ada/1", "g", 14).shows("bob/1", "g", 14);
      assertThat(told(tale)).containsExactly(Kind.AMENDED_IN_VAIN);
    }
  }

  @Test
  void anEditSaysWhatTheReactionsBeforeItDoNotMake() {
    Tale tale = before().amends("ada/1", "g", EDIT, 4, "more", "x=bob");
    tale.shows("ada/1", "g", 14).shows("bob/1", "g", 14);

    assertThat(told(tale)).containsExactly(Kind.WRONG_STATE);
  }

  @Test
  void whatIsAmendedLateIsOwedToNobody() {
    Tale tale = before();
    tale.say(tale.amend("bob/1", "g", REACTION, 4, "+z", Phase.INVOKE))
        .say(tale.amend("bob/1", "g", REACTION, 4, "+z", Phase.INFO))
        .alters("bob/1", "g", REACTION, 4, "+z", null);

    assertThat(told(tale)).isEmpty();
  }

  @Test
  void tooLittleWasAmended() {
    assertThat(
            sound().judged(folder, REQUIRED.withLeastAmended(10)).violations().stream()
                .map(Violation::kind))
        .contains(Kind.TOO_FEW_AMENDED);
  }
}
