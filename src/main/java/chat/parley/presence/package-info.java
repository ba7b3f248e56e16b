/**
 * Who may see whose presence, who is told that somebody types, and what is kept of it.
 *
 * <pre>
 *   presence(user_id)      last_seen_at (timestamp: itself), visible_to       plain writes
 * </pre>
 *
 * Who is there now is in no table: the gateways say it in Hazelcast and tell each other, see {@code
 * registry.Presences}. Only what a gateway may not know by itself is here: who shares a
 * conversation with whom, who is in it, and the two facts about a user that outlast their presence.
 * So this is a role of its own, beside the gateways: with it away dots and bubbles stand still, and
 * nothing else does. A user's row is read when somebody begins to watch them and is then kept in
 * their entry in Hazelcast; to watch somebody who is being watched reads nothing.
 */
package chat.parley.presence;
