/**
 * Conversations, roles and membership by number: may X post here, may X see this?
 *
 * <pre>
 * conversations       (conversation)                     made once, by a conditional write, never changed
 * conversation_titles (conversation)                     the title that the last conversation.updated brought
 * members             ((conversation), user, joined)     a row a stint; left = 2^63-1 while it lasts
 * user_conversations  ((user), conversation)             the other direction: the latest stint
 * </pre>
 *
 * <p>Rows that follow from changes carry the change's number as their timestamp: repeated after a
 * take-over, in whatever order, the latest wins. Conditional and plain writes never meet in a
 * table.
 */
package chat.parley.conversation;
