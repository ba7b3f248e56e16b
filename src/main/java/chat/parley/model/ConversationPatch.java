package chat.parley.model;

import java.util.Objects;

/**
 * What a change sets of a conversation: null leaves a thing as it is. An empty topic or colour
 * takes it away, 0 takes a limit away.
 */
public record ConversationPatch(
    String title,
    String topic,
    String avatarColor,
    Integer slowModeSeconds,
    HistoryVisibility history,
    Integer memberLimit) {
  /** Sets nothing. */
  public static final ConversationPatch NOTHING =
      new ConversationPatch(null, null, null, null, null, null);

  /** Sets the title only. */
  public static ConversationPatch ofTitle(String title) {
    return new ConversationPatch(title, null, null, null, null, null);
  }

  /** Sets who may read the past only. */
  public static ConversationPatch ofHistory(HistoryVisibility history) {
    return new ConversationPatch(null, null, null, null, history, null);
  }

  /** Whether it changes nothing anywhere. */
  public boolean isEmpty() {
    return equals(NOTHING);
  }

  /** Whether it sets how the conversation presents itself. */
  public boolean describes() {
    return title != null || topic != null || avatarColor != null;
  }

  /** Whether it sets anything that is one of {@link ConversationSettings}. */
  public boolean setsMoreThanTitle() {
    return topic != null || avatarColor != null || configures();
  }

  /** Whether it sets how the conversation works. */
  public boolean configures() {
    return slowModeSeconds != null || history != null || memberLimit != null;
  }

  /** What is left of it where a conversation has this title, which may be null, and settings. */
  public ConversationPatch against(String present, ConversationSettings settings) {
    return new ConversationPatch(
        unless(title, present),
        unless(topic, settings.topic()),
        unless(avatarColor, settings.avatarColor()),
        unless(slowModeSeconds, settings.slowModeSeconds()),
        unless(history, settings.history()),
        unless(memberLimit, settings.memberLimit()));
  }

  private static <T> T unless(T wanted, T present) {
    return Objects.equals(wanted, present) ? null : wanted;
  }
}
