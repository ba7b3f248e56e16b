package chat.parley.fanout;

import chat.parley.conversation.Stint;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.registry.ClusterView;
import chat.parley.registry.DeviceRegistry;
import chat.parley.registry.Interests;
import chat.parley.testing.MembersInMemory;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Members, devices and nodes in memory; each can be away. */
final class FakeCluster extends MembersInMemory implements DeviceRegistry, Interests, ClusterView {
  final Map<UserId, Set<String>> gateways = new HashMap<>();
  final Map<ConversationId, Set<String>> interested = new HashMap<>();
  final Set<String> nodes = new HashSet<>();
  final Set<String> closedGateways = new HashSet<>();
  HistoryVisibility history = HistoryVisibility.JOINED;

  void member(ConversationId conversation, UserId user, long joined) {
    join(conversation, new Stint(user, Role.MEMBER, joined, Stint.STILL_THERE));
  }

  void connect(UserId user, String node) {
    nodes.add(node);
    gateways.computeIfAbsent(user, any -> new HashSet<>()).add(node);
  }

  @Override
  public Future<HistoryVisibility> history(ConversationId conversation) {
    return Future.succeededFuture(history);
  }

  @Override
  public Future<Map<UserId, Set<String>>> gatewaysOf(Collection<UserId> users) {
    Map<UserId, Set<String>> found = new HashMap<>();
    users.forEach(user -> found.put(user, gateways.getOrDefault(user, Set.of())));
    return Future.succeededFuture(found);
  }

  @Override
  public Future<Map<ConversationId, Set<String>>> interestedIn(
      Collection<ConversationId> conversations) {
    Map<ConversationId, Set<String>> found = new HashMap<>();
    conversations.forEach(id -> found.put(id, interested.getOrDefault(id, Set.of())));
    return Future.succeededFuture(found);
  }

  @Override
  public Future<Void> add(ConversationId conversation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> remove(ConversationId conversation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void onLost(Consumer<ConversationId> listener) {}

  @Override
  public Set<String> nodesWith(String role) {
    return nodes;
  }

  @Override
  public String self() {
    return "self";
  }

  @Override
  public void onLeave(Consumer<String> listener) {}

  @Override
  public void onJoin(Consumer<String> listener) {}

  @Override
  public void onReunion(Runnable listener) {}

  @Override
  public Future<Void> register(UserId user, DeviceId device, String sessionId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> unregister(UserId user, DeviceId device, String sessionId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> openGateway() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> closeGateway() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Boolean> isGatewayOpen(String node) {
    return Future.succeededFuture(!closedGateways.contains(node));
  }
}
