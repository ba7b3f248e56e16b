/**
 * The event stream: a producer that keeps a key's order, a consumer loop that never skips, and dead
 * letters. Kafka's own types stay in here.
 */
package chat.parley.kafka;
