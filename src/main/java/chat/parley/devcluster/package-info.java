/**
 * A cluster on one machine: nodes as child processes of this one, over one embedded stack, with
 * handles to kill, pause, stop and start each. {@code parley dev-cluster} shows it in a terminal;
 * tests and the torture kit use {@link chat.parley.devcluster.DevCluster} themselves.
 *
 * <pre>
 * data/parley.lock            held while a cluster uses the folder
 * data/ports.properties       the nodes' ports, kept so that a restart finds the same ones
 * data/nodes.properties       their process ids, to wait for after a kill -9 of the parent
 * data/keys/signing.key       made once, the same for all
 * data/logs/n1.log ...        what each node says, over all its starts
 * data/n1 ...                 the data folder of each node
 * data/stores/                the embedded stack, see {@link chat.parley.embedded}
 * </pre>
 *
 * <p>A node ends when its standard input does, so it never outlives its parent for long; a paused
 * one is woken for that by the {@code sh} that paused it, whose standard input is tied to the
 * parent in the same way.
 */
package chat.parley.devcluster;
