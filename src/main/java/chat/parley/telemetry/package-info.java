/** What an operator sees of a node: how latencies are measured, and whether the node is ready. */
package chat.parley.telemetry;
