package chat.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MembersTest {
  private static final int LARGE = 50_000;

  /** The same moves on a list of stints that is searched from end to end. */
  private static final class Plain {
    private final List<Stint> all = new ArrayList<>();

    void join(UserId user, Role role, long at) {
      if (all.stream().noneMatch(stint -> stint.userId().equals(user) && stint.lasts())) {
        all.add(new Stint(user, role, at, Stint.STILL_THERE));
      }
    }

    void leave(UserId user, long at) {
      all.replaceAll(
          stint ->
              stint.userId().equals(user) && stint.lasts()
                  ? new Stint(user, stint.role(), stint.joinedChangeSeq(), at)
                  : stint);
    }

    void changeRole(UserId user, Role role) {
      all.replaceAll(
          stint ->
              stint.userId().equals(user) && stint.lasts()
                  ? new Stint(user, role, stint.joinedChangeSeq(), stint.leftChangeSeq())
                  : stint);
    }
  }

  @Test
  void whateverMovesTheyAreWhoAPlainListSaysTheyAre() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Plain plain = new Plain();
      Members members = Members.NONE;
      List<Members> earlier = new ArrayList<>();
      List<List<Stint>> due = new ArrayList<>();
      for (long at = 1; at <= 400; at++) {
        UserId user = new UserId("u" + random.nextInt(90));
        Role role = Role.values()[random.nextInt(Role.values().length)];
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            plain.join(user, role, at);
            members = members.join(new Stint(user, role, at, Stint.STILL_THERE));
          }
          case 2 -> {
            plain.leave(user, at);
            members = members.leave(user, at);
          }
          default -> {
            plain.changeRole(user, role);
            members = members.changeRole(user, role, at);
          }
        }
        earlier.add(members);
        due.add(List.copyOf(plain.all));
      }
      for (int i = 0; i < earlier.size(); i += 13) {
        check(earlier.get(i), due.get(i));
      }
      check(members, plain.all);
      check(new Members(plain.all), plain.all);
    }
  }

  private static void check(Members members, List<Stint> due) {
    List<Stint> lasting = due.stream().filter(Stint::lasts).toList();
    assertThat(members.all()).containsExactlyInAnyOrderElementsOf(due);
    assertThat(members.current()).containsExactlyInAnyOrderElementsOf(lasting);
    assertThat(members.count()).isEqualTo(lasting.size());
    assertThat(members.owners())
        .isEqualTo(lasting.stream().filter(stint -> stint.role() == Role.OWNER).count());
    for (long number = 0; number <= 400; number += 37) {
      long at = number;
      assertThat(members.audience(number))
          .containsExactlyInAnyOrderElementsOf(
              due.stream().filter(stint -> stint.covers(at)).map(Stint::userId).toList());
    }
  }

  /** What is read may be ahead of the change. */
  @Test
  void aJoinStandsBeforeAStintThatBeganAfterItAndChangesNothingWhereItIsThere() {
    Stint later = new Stint(user(1), Role.MEMBER, 9, Stint.STILL_THERE);
    Stint joined = new Stint(user(1), Role.MEMBER, 5, Stint.STILL_THERE);
    Stint ended = new Stint(user(1), Role.MEMBER, 5, 7);

    Members members = new Members(List.of(later)).join(joined).leave(user(1), 7);

    assertThat(members.of(user(1))).containsExactly(ended, later);
    assertThat(members.count()).isEqualTo(1);
    assertThat(members.join(joined)).isSameAs(members);
    assertThat(new Members(List.of(ended)).join(joined).of(user(1))).containsExactly(ended);
    assertThat(new Members(List.of(joined)).join(later).of(user(1))).containsExactly(joined);
  }

  /** With a copy of everybody for each this takes minutes. */
  @Test
  void fiftyThousandComeOneByOneAndHalfOfThemGo() {
    Members members = Members.NONE;
    for (int i = 1; i <= LARGE; i++) {
      members = members.join(new Stint(user(i), Role.MEMBER, i, Stint.STILL_THERE));
    }
    for (int i = 2; i <= LARGE; i += 2) {
      members = members.leave(user(i), LARGE + i);
    }
    assertThat(members.count()).isEqualTo(LARGE / 2);
    assertThat(members.maySee(user(2), LARGE + 2)).isTrue();
    assertThat(members.maySee(user(2), LARGE + 3)).isFalse();
  }

  private static UserId user(int number) {
    return new UserId("u" + number);
  }
}
