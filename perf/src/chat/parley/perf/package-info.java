/**
 * Load against a running server, through nothing but the protocol of clients: {@link
 * chat.parley.perf.Benchmark} for figures, {@link chat.parley.perf.DirectMessagesSimulation} for a
 * verdict. Compiled only in the Maven profile {@code perf}; how to run and read them is said in
 * perf/README.md.
 */
package chat.parley.perf;
