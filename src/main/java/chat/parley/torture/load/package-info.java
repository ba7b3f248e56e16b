/**
 * The people of a torture run: real devices over all gateways that write, read, come and go, and
 * write down whatever happens to them.
 *
 * <pre>
 *   Population ──people, devices──▶ Rooms ──conversations──▶ Load
 *                                                             ├ Talk      sends at a steady rate, some twice
 *                                                             ├ Wandering devices are cut off, move to another node
 *                                                             ├ Comings   members are removed and brought back
 *                                                             ├ Reading   read cursors move, and are looked at
 *                                                             └ Amending  messages are edited, deleted, reacted to
 * </pre>
 *
 * <p>All of it runs on the one event loop of the given Vertx, so nothing here needs a lock. What is
 * random comes from the seed; what the network makes of it does not.
 */
package chat.parley.torture.load;
