/**
 * What a conversation is to one of its members alone: rows of inboxes made from the stream, their
 * rebuild and their sampling; personal settings, and what the user's other devices are told.
 *
 * <p>Begin at {@link chat.parley.inbox.Projection}. What the rows may be relied on for is said
 * where they are read: {@code sync.UserHeads}.
 */
package chat.parley.inbox;
