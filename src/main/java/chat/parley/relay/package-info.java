/** Committed rows to the stream: in order, resumable, never passing a number over. */
package chat.parley.relay;
