package chat.parley.gateway;

import chat.parley.model.ConversationPatch;
import chat.parley.model.HistoryVisibility;
import java.util.List;
import java.util.regex.Pattern;

/** What a client wants to set of a conversation, checked. */
final class PatchInput {
  static final int MAX_TITLE = 200;
  static final int MAX_TOPIC = 500;

  /** Six hours: who is to be silent for longer is to be read-only. */
  static final int MAX_SLOW_MODE_SECONDS = 21_600;

  static final int MAX_MEMBER_LIMIT = 1_000_000;

  private static final Pattern COLOR = Pattern.compile("(#[0-9a-f]{6})?");

  private PatchInput() {}

  /** Everything that can be set; at least one thing must be. */
  static ConversationPatch of(JsonInput json) {
    ConversationPatch settings = settings(json);
    ConversationPatch patch =
        new ConversationPatch(
            json.has("title") ? title(json) : null,
            settings.topic(),
            settings.avatarColor(),
            settings.slowModeSeconds(),
            settings.history(),
            settings.memberLimit());
    if (patch.isEmpty()) {
      throw JsonInput.refused(
          "one of title, topic, avatarColor, slowModeSeconds, history and memberLimit is required");
    }
    return patch;
  }

  /** The title, which must be there. */
  static String title(JsonInput json) {
    return json.plainLine("title", 1, MAX_TITLE);
  }

  /** All but the title. */
  static ConversationPatch settings(JsonInput json) {
    return new ConversationPatch(
        null,
        json.has("topic") ? json.plainLine("topic", 0, MAX_TOPIC) : null,
        json.has("avatarColor")
            ? json.matching("avatarColor", COLOR, "#rrggbb in small letters, or empty")
            : null,
        json.has("slowModeSeconds") ? json.count("slowModeSeconds", MAX_SLOW_MODE_SECONDS) : null,
        json.choice("history", List.of(HistoryVisibility.values()), HistoryVisibility::wireName)
            .orElse(null),
        json.has("memberLimit") ? json.count("memberLimit", MAX_MEMBER_LIMIT) : null);
  }
}
