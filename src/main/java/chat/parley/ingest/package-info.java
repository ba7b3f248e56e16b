/**
 * Check, dedupe, number, write, then ack: commands in, committed changes out. Nothing else is on
 * this path.
 */
package chat.parley.ingest;
