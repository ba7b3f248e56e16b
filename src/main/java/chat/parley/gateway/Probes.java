package chat.parley.gateway;

import java.util.List;
import java.util.function.Supplier;

/**
 * What an operator's tools ask a node.
 *
 * @param metrics all meters in Prometheus' text format
 * @param waitingFor what is not ready yet, in words; empty when the node can serve. Must not block
 */
public record Probes(Supplier<String> metrics, Supplier<List<String>> waitingFor) {}
