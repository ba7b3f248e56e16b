/**
 * Conversations, roles and membership by number: may X post here, may X see this?
 *
 * <pre>
 * conversations         (conversation)                   made once, by a conditional write, never changed
 * conversation_titles   (conversation)                   the title that the last conversation.updated brought
 * conversation_settings (conversation)                   each other thing that one brought, in a cell of its own
 * members               ((conversation), user, joined)   a row a stint; left = 2^63-1 while it lasts
 * member_counts         (conversation)                   how many stints last: nobody counts 50,000 rows
 * user_conversations    ((user), conversation)           the other direction: the latest stint
 * channel_names         ((prefix), name, conversation)   where somebody who looks for a channel looks
 * </pre>
 *
 * <p>Rows that follow from changes carry the change's number as their timestamp: repeated after a
 * take-over, in whatever order, the latest wins. Conditional and plain writes never meet in a
 * table.
 *
 * <p>A join or a leave writes rows of its own and touches none of another member's, however many
 * there are. {@code channel_names} is a hint only: names that a channel no longer bears stay in it,
 * and whoever reads it asks the channel.
 */
package chat.parley.conversation;
