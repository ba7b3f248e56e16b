/**
 * A real Cassandra and a real Kafka beside the server, as child processes on loopback: what a
 * machine without stores of its own runs on, and what the integration tests run on.
 *
 * <pre>
 * data/parley.lock                  held while a server uses the folder
 * data/embedded/stack.properties    ports and cluster id, kept so that a restart finds the same ones
 * data/embedded/children.properties process ids with start times, to wait for after a kill -9 of the parent
 * data/embedded/{cassandra,kafka}/  settings as started with, and the stores' data
 * data/logs/                        cassandra.log, kafka.log (rotated), and what the processes print
 * </pre>
 *
 * <p>Each child has a class path of its own ({@link chat.parley.embedded.StackLayout}), reads its
 * standard input and ends when that ends ({@code child}), so it never outlives its parent for long.
 * Nothing else of Parley is on a child's class path, lest a resource of ours, such as logging
 * settings, be taken for the store's.
 */
package chat.parley.embedded;
