/**
 * Decides from a history alone what a cluster did wrong. The file is read twice: {@link
 * chat.parley.torture.check.Evidence} gathers how everything ended (log, sends, casts, readings),
 * then each {@link chat.parley.torture.check.Check} is shown every event once more, in order, and
 * says what contradicts it. Nothing here talks to a server.
 *
 * <p>The judge must never be wrong to a server's disadvantage: whatever a correct system may do
 * while nodes die is allowed, and the place that allows it says why.
 */
package chat.parley.torture.check;
