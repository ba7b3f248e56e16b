/**
 * What is there after a run: read from the stores, from the stream and by devices that know nothing
 * yet, and written into the history, so that the verdict needs no cluster any more.
 */
package chat.parley.torture.finalread;
