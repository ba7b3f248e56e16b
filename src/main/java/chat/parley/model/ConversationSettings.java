package chat.parley.model;

import java.util.Objects;

/**
 * What owners and admins may set of a conversation besides its title.
 *
 * @param topic a line, empty where there is none
 * @param avatarColor {@code #rrggbb}, empty where clients are to choose one
 * @param slowModeSeconds what must lie between two messages of a member; 0 is off
 * @param memberLimit nobody comes in beyond so many; 0 where only the server's limit holds
 */
public record ConversationSettings(
    String topic,
    String avatarColor,
    int slowModeSeconds,
    HistoryVisibility history,
    int memberLimit) {
  /** Where nothing has been set. */
  public static final ConversationSettings NONE =
      new ConversationSettings("", "", 0, HistoryVisibility.JOINED, 0);

  public ConversationSettings {
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(avatarColor, "avatarColor");
    Objects.requireNonNull(history, "history");
  }

  /** These settings after the change; its title is none of theirs. */
  public ConversationSettings with(ConversationPatch patch) {
    return new ConversationSettings(
        or(patch.topic(), topic),
        or(patch.avatarColor(), avatarColor),
        or(patch.slowModeSeconds(), slowModeSeconds),
        or(patch.history(), history),
        or(patch.memberLimit(), memberLimit));
  }

  private static <T> T or(T wanted, T present) {
    return wanted == null ? present : wanted;
  }
}
