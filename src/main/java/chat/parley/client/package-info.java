/**
 * A client of the Parley protocol v1: REST ({@link chat.parley.client.ParleyApi}) and one device's
 * socket ({@link chat.parley.client.ChatClient}).
 *
 * <p>It imports nothing else of Parley, so that what it needs to know about the server is exactly
 * what any client can know. The replay, the integration tests and the benches speak to the server
 * through it.
 *
 * <p>Everything of one {@link chat.parley.client.ClientGroup} runs on one event loop with one
 * shared tick: two thousand devices in a JVM cost two thousand sockets, not two thousand timers.
 */
package chat.parley.client;
