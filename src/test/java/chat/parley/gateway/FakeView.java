package chat.parley.gateway;

import chat.parley.registry.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A cluster of gateways that come and go at a word. */
final class FakeView implements ClusterView {
  final Set<String> gateways = ConcurrentHashMap.newKeySet();
  private final List<Consumer<String>> leaves = new ArrayList<>();

  FakeView(String... gateways) {
    this.gateways.addAll(List.of(gateways));
  }

  void leave(String node) {
    gateways.remove(node);
    leaves.forEach(listener -> listener.accept(node));
  }

  @Override
  public String self() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<String> nodesWith(String role) {
    return Set.copyOf(gateways);
  }

  @Override
  public void onLeave(Consumer<String> listener) {
    leaves.add(listener);
  }

  @Override
  public void onJoin(Consumer<String> listener) {}

  @Override
  public void onReunion(Runnable listener) {}
}
