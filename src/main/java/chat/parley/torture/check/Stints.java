package chat.parley.torture.check;

import chat.parley.client.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who was in a conversation from which change to which, as the log's joins and leaves say. */
final class Stints {
  private static final long LASTS = Long.MAX_VALUE;

  /**
   * One stay.
   *
   * @param joined the number of the join; 0 in a dm, whose two are in it without one
   * @param left the number of the leave
   * @param seesFrom the user may have been told of what follows from here on
   */
  record Stint(long joined, long left, long seesFrom) {
    boolean lasts() {
      return left == LASTS;
    }

    /** Whether it was there from the conversation's beginning, without being brought in. */
    boolean isFirst() {
      return seesFrom == 0;
    }

    boolean maySee(long changeSeq) {
      return seesFrom <= changeSeq && changeSeq <= left;
    }

    /** The first number that must reach the user. The join itself is news to others only. */
    long owedFrom() {
      return joined + 1;
    }

    /** The last number that must reach the user: who is gone need not be told so. */
    long owedTo(long head) {
      return lasts() ? head : Math.min(head, left - 1);
    }
  }

  private final Map<String, List<Stint>> byUser = new HashMap<>();

  /** {@code cast}: who was in it from the start. */
  Stints(Log log, boolean dm, Set<String> cast) {
    if (dm) {
      cast.forEach(user -> stints(user).add(new Stint(0, LASTS, 0)));
      return;
    }
    log.entries()
        .forEach(
            (number, change) -> {
              if (Change.MEMBER_JOINED.equals(change.type())) {
                join(change.subject(), number, cast.contains(change.subject()));
              } else if (Change.MEMBER_LEFT.equals(change.type())) {
                leave(change.subject(), number);
              }
            });
  }

  /** Who is among the first members may be told of the others' joins before their own. */
  private void join(String user, long number, boolean fromTheStart) {
    List<Stint> stints = stints(user);
    if (stints.isEmpty() || !last(stints).lasts()) {
      boolean first = fromTheStart && stints.isEmpty();
      stints.add(new Stint(number, LASTS, first ? 0 : number));
    }
  }

  private void leave(String user, long number) {
    List<Stint> stints = stints(user);
    if (!stints.isEmpty() && last(stints).lasts()) {
      Stint ended = stints.remove(stints.size() - 1);
      stints.add(new Stint(ended.joined(), number, ended.seesFrom()));
    }
  }

  private List<Stint> stints(String user) {
    return byUser.computeIfAbsent(user, any -> new ArrayList<>(1));
  }

  private static Stint last(List<Stint> stints) {
    return stints.get(stints.size() - 1);
  }

  /** Oldest first. */
  List<Stint> of(String user) {
    return byUser.getOrDefault(user, List.of());
  }

  boolean maySee(String user, long changeSeq) {
    return of(user).stream().anyMatch(stint -> stint.maySee(changeSeq));
  }

  /**
   * Whether the user was gone already when this number was given, whatever came before or since.
   */
  boolean wasRemovedBefore(String user, long changeSeq) {
    return of(user).stream().anyMatch(stint -> stint.left() < changeSeq);
  }

  /** Whether the user has been in it from the start all the time. */
  boolean isSteady(String user) {
    List<Stint> own = of(user);
    return own.size() == 1 && own.get(0).seesFrom() == 0 && own.get(0).lasts();
  }
}
