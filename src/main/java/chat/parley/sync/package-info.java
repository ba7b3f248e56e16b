/**
 * Resync from cursors, history pages and the conversation list: reads of what a user may see, and
 * no more.
 */
package chat.parley.sync;
