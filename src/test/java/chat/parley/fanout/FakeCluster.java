package chat.parley.fanout;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.DeviceId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.registry.ClusterView;
import chat.parley.registry.DeviceRegistry;
import chat.parley.registry.Interests;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** Members, devices and nodes in memory; each can be away. */
final class FakeCluster implements Conversations, DeviceRegistry, Interests, ClusterView {
  final Map<ConversationId, Members> members = new HashMap<>();
  final Map<UserId, Set<String>> gateways = new HashMap<>();
  final Map<ConversationId, Set<String>> interested = new HashMap<>();
  final Set<String> nodes = new HashSet<>();
  final Set<String> closedGateways = new HashSet<>();
  boolean storeAway;
  Throwable storeFailure = new FailureException(Failure.UNAVAILABLE, "store away");
  int memberReads;

  void member(ConversationId conversation, UserId user, long joined) {
    stint(conversation, new Stint(user, Role.MEMBER, joined, Stint.STILL_THERE));
  }

  void stint(ConversationId conversation, Stint stint) {
    List<Stint> all = new ArrayList<>(members.getOrDefault(conversation, Members.NONE).all());
    all.add(stint);
    members.put(conversation, new Members(all));
  }

  void connect(UserId user, String node) {
    nodes.add(node);
    gateways.computeIfAbsent(user, any -> new HashSet<>()).add(node);
  }

  @Override
  public Future<Members> members(ConversationId conversation) {
    memberReads++;
    return storeAway
        ? Future.failedFuture(storeFailure)
        : Future.succeededFuture(members.getOrDefault(conversation, Members.NONE));
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

  @Override
  public Future<Optional<Conversation>> find(ConversationId conversation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Boolean> create(Conversation conversation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> update(ConversationId conversation, ConversationPatch patch, long changeSeq) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<Membership>> ofUser(UserId user) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> record(ConversationId conversation, Stint stint, long changeSeq) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> recordCount(ConversationId conversation, int members, long changeSeq) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<OptionalInt> count(ConversationId conversation) {
    throw new UnsupportedOperationException();
  }
}
