package chat.parley.registry;

import java.util.Set;
import java.util.function.Consumer;

/**
 * Who is in the cluster now, as this node sees it. A hint: two nodes may see different clusters for
 * a while.
 */
public interface ClusterView {
  /** This node's id: unique to this run of this process. */
  String self();

  /** The ids of live nodes with this role, this node included if it has it. */
  Set<String> nodesWith(String role);

  /** Calls back (on any thread) with the id of each node that leaves. */
  void onLeave(Consumer<String> listener);

  /** Calls back (on any thread) with the id of each node that joins. */
  void onJoin(Consumer<String> listener);

  /**
   * Calls back (on any thread) when a node is back that had left without ending: the cluster was
   * split. Until then each part knew of its own nodes only, and took the others for dead.
   */
  void onReunion(Runnable listener);
}
