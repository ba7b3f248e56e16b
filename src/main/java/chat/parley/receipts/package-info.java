/**
 * Cursor moves of devices and users: checked, coalesced, stored, and told to who waits for a tick.
 */
package chat.parley.receipts;
