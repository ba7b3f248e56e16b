/**
 * The event bus between stages: addresses, commands and replies as immutable records, failures. The
 * bus may lose, delay and repeat; everything that must not be lost is in the log.
 */
package chat.parley.bus;
