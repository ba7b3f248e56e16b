package chat.parley;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How many nodes, and which does what: the options of commands that start a cluster. */
final class NodeOptions {
  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "how many (${DEFAULT-VALUE})")
  private int nodes;

  @Option(
      names = "--roles",
      paramLabel = "ROLE[,ROLE...]",
      description =
          "what a node does; once for each node, the first node's first. Nodes without one do everything")
  private List<String> roles = List.of();

  /**
   * The roles of each node as they were given, empty where none were.
   *
   * @throws IllegalArgumentException where there are more of them than nodes, or no nodes
   */
  List<String> each() {
    if (nodes < 1 || roles.size() > nodes) {
      throw new IllegalArgumentException(
          "--nodes must be at least 1 and no less than the number of --roles");
    }
    List<String> each = new ArrayList<>(roles);
    while (each.size() < nodes) {
      each.add("");
    }
    return each;
  }

  /**
   * A cluster in which something is done by nobody cannot serve.
   *
   * @param each the roles of each node, by commas
   * @throws IllegalArgumentException with those that no node has
   */
  static void requireEveryRole(List<String> each) {
    Set<String> done =
        each.stream()
            .flatMap(some -> List.of(some.split(",")).stream())
            .collect(Collectors.toSet());
    List<String> missing = Settings.ROLES.stream().filter(role -> !done.contains(role)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("--roles: no node does " + String.join(", ", missing));
    }
  }
}
