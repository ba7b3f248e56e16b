package chat.parley.bus;

import chat.parley.model.ConversationId;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import java.util.List;

/**
 * What gateways must know of users and conversations to show presence and typing to those alone who
 * may see it. Any node with the presence role answers.
 */
public sealed interface PresenceMessages {
  /** An answer that need not be fresh may rest on what was read so long before. */
  long REMEMBERED_MS = 5_000;

  /**
   * Which of these users the viewer shares a conversation with, and what is stored of some.
   *
   * @param shared users who show themselves to those that they share a conversation with
   * @param unknown users of whom nothing is known; where it turns out that they do so too they are
   *     looked at like the others
   * @param fresh nothing that was looked up before counts: somebody came or went
   */
  record SightsQuery(UserId viewer, List<UserId> shared, List<UserId> unknown, boolean fresh)
      implements PresenceMessages {}

  /** What is stored of a user; {@code lastSeenAt} is 0 where nothing is. */
  record Stored(UserId userId, PresenceVisibility visibleTo, long lastSeenAt) {}

  /**
   * Answer of {@link SightsQuery}.
   *
   * @param stored of those that were unknown
   * @param sharing those who show themselves to such, and share a conversation with the viewer
   */
  record Sights(List<Stored> stored, List<UserId> sharing) implements PresenceMessages {}

  /** Whom the user lets see their presence; answered with {@link VisibleTo}. */
  record VisibilityQuery(UserId userId) implements PresenceMessages {}

  /** Show the user's presence to these alone; answered with {@link VisibleTo} when it holds. */
  record Show(UserId userId, PresenceVisibility visibleTo) implements PresenceMessages {}

  /** Answer of {@link VisibilityQuery} and {@link Show}. */
  record VisibleTo(PresenceVisibility visibleTo) implements PresenceMessages {}

  /** A user's last device went at this time, milliseconds since the epoch. */
  record Departure(UserId userId, long at) {}

  /** Users have gone; has no answer. */
  record Departed(List<Departure> departures) implements PresenceMessages {}

  /**
   * Whom to tell that the user types; answered with {@link TypingAudience}, or refused where the
   * user is no member ({@code NOT_FOUND} for a stranger) or may not write.
   */
  record TypingQuery(UserId userId, ConversationId conversationId) implements PresenceMessages {}

  /**
   * The members of a conversation of few.
   *
   * @param silent those of them who may not write
   * @param large there are too many: nobody is told, and the lists are empty
   */
  record TypingAudience(List<UserId> members, List<UserId> silent, boolean large)
      implements PresenceMessages {}
}
