package chat.parley.conversation;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.HistoryVisibility;
import java.util.List;
import java.util.Optional;

/**
 * Where one user stands in a conversation: the one place that turns stints into rights. Every right
 * is a comparison of a change's number with the numbers of joins and leaves.
 *
 * <p>What is <b>delivered</b> to a user, live and in a sync, is what happened while they were
 * there. What they may <b>read</b> is that, and where the conversation shows its history to all,
 * also what was before the end of their last stint. So nothing after a removal is delivered or
 * read, whatever the setting, until the user is back.
 *
 * @param stints of this user, oldest first; empty for someone who never was a member
 */
public record Standing(List<Stint> stints) {
  /** Numbers {@code from} to {@code to}, both included. */
  public record Range(long from, long to) {
    /** Whether the number lies in it. */
    public boolean holds(long changeSeq) {
      return from <= changeSeq && changeSeq <= to;
    }
  }

  public Standing {
    stints = List.copyOf(stints);
  }

  /** Whether the user never was a member: then nothing tells them that there is a conversation. */
  public boolean isStranger() {
    return stints.isEmpty();
  }

  /** The stint that lasts now. */
  public Optional<Stint> current() {
    return isStranger() || !last().lasts() ? Optional.empty() : Optional.of(last());
  }

  /**
   * The stint that lasts now.
   *
   * @throws FailureException {@code NOT_FOUND} for a stranger, who cannot tell the conversation
   *     from one that is not there; {@code NOT_A_MEMBER} for one who left
   */
  public Stint member() {
    return current()
        .orElseThrow(
            () ->
                isStranger()
                    ? new FailureException(Failure.NOT_FOUND, "no such conversation")
                    : new FailureException(Failure.NOT_A_MEMBER, "you are no longer a member"));
  }

  /** Whether the change is delivered to the user. */
  public boolean wasThere(long changeSeq) {
    for (Stint stint : stints) {
      if (stint.covers(changeSeq)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the user may read the change. */
  public boolean mayRead(long changeSeq, HistoryVisibility history) {
    return wasThere(changeSeq)
        || history == HistoryVisibility.ALL && !isStranger() && changeSeq <= last().leftChangeSeq();
  }

  /** The numbers that are delivered, up to the head, ascending. */
  public List<Range> delivered(long head) {
    return stints.stream()
        .map(
            stint ->
                new Range(
                    Math.max(1, stint.joinedChangeSeq()), Math.min(head, stint.leftChangeSeq())))
        .filter(range -> range.from() <= range.to())
        .toList();
  }

  /** The numbers that may be read, up to the head, ascending. */
  public List<Range> readable(long head, HistoryVisibility history) {
    if (history == HistoryVisibility.JOINED || isStranger()) {
      return delivered(head);
    }
    long to = Math.min(head, last().leftChangeSeq());
    return to < 1 ? List.of() : List.of(new Range(1, to));
  }

  private Stint last() {
    return stints.get(stints.size() - 1);
  }
}
