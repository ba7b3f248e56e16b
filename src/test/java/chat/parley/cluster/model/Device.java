package chat.parley.cluster.model;

import chat.parley.client.Change;
import chat.parley.client.ChatClient;
import chat.parley.client.ClientGroup;
import chat.parley.client.Frame;
import chat.parley.client.Message;
import chat.parley.client.Observer;
import chat.parley.client.ParleyApi;
import chat.parley.client.Session;
import chat.parley.client.Source;
import chat.parley.client.Transcript;
import chat.parley.testing.Await;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A device and what it shows, which it keeps while it is away: it comes back with its cursors, at
 * the same node or another.
 */
final class Device implements Observer {
  final String userId;
  private final List<ClientGroup> nodes;
  private final Session session;
  private final Map<String, List<Change>> delivered = new HashMap<>();
  private final Map<String, Transcript> transcripts = new HashMap<>();
  private final Map<String, Long> cursors = new HashMap<>();
  private final Map<String, Set<Long>> asked = new HashMap<>();
  private final Set<String> in = new HashSet<>();
  private final List<Frame> soft = new ArrayList<>();
  private ChatClient client;
  private boolean wasGone;
  private int node;

  Device(List<ClientGroup> nodes, Session session) {
    this.nodes = nodes;
    this.session = session;
    this.userId = session.userId();
  }

  /** Connects, and is in sync on return. */
  void connect(int at) {
    node = at;
    client = nodes.get(at).connect(api().credentials(), cursors(), this);
    Await.join(client.ready());
  }

  private synchronized Map<String, Long> cursors() {
    return Map.copyOf(cursors);
  }

  boolean isAway() {
    return client == null;
  }

  /** Is gone on return, with all that it has. */
  void goAway() {
    Await.join(client.close());
    synchronized (this) {
      wasGone = true;
    }
    client = null;
  }

  int node() {
    return node;
  }

  ChatClient client() {
    return client;
  }

  /** The REST calls of this device, at the node that it was connected to last. */
  ParleyApi api() {
    return nodes.get(node).api().as(session);
  }

  @Override
  public synchronized void delivered(Change change, Source source) {
    String conversation = change.conversationId();
    delivered.computeIfAbsent(conversation, any -> new ArrayList<>()).add(change);
    if (source == Source.REPAIR) {
      asked.computeIfAbsent(conversation, any -> new HashSet<>()).add(change.changeSeq());
    }
    if (change.isJoinOf(userId)) {
      transcripts.remove(conversation);
    }
    transcripts.computeIfAbsent(conversation, any -> new Transcript()).apply(change);
    cursors.merge(conversation, change.changeSeq(), Math::max);
    if (change.isLeaveOf(userId)) {
      in.remove(conversation);
    } else {
      in.add(conversation);
    }
  }

  /** The last change that it was given of a conversation; 0 for none. */
  synchronized long known(String conversation) {
    return cursors.getOrDefault(conversation, 0L);
  }

  /** Whether its user is in the conversation as far as it was told. */
  synchronized boolean isIn(String conversation) {
    return in.contains(conversation);
  }

  @Override
  public synchronized void disconnected(int connection, int code) {
    wasGone = true;
  }

  /** Whether it was ever without a connection: it may have slept through all of a stay. */
  synchronized boolean wasGone() {
    return wasGone;
  }

  @Override
  public synchronized void frame(Frame frame) {
    soft.add(frame);
  }

  /** Whether it was given this number because it asked what there is. */
  synchronized boolean hasAskedFor(String conversation, long changeSeq) {
    return asked.getOrDefault(conversation, Set.of()).contains(changeSeq);
  }

  /** All that it was given of a conversation, in the order in which it was shown. */
  synchronized List<Change> changes(String conversation) {
    return List.copyOf(delivered.getOrDefault(conversation, List.of()));
  }

  /** The messages that it shows: since its user came, and older ones that were altered since. */
  synchronized List<Message> messages(String conversation) {
    Transcript transcript = transcripts.get(conversation);
    return transcript == null ? List.of() : transcript.messages();
  }

  /** Frames of this sort so far. */
  synchronized List<JsonObject> soft(String type) {
    return soft.stream().filter(frame -> frame.type().equals(type)).map(Frame::data).toList();
  }
}
