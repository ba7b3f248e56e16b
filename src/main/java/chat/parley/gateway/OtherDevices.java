package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.DeliverInbox;
import chat.parley.bus.DeliveryMessages.DeliverReads;
import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.bus.InboxMessages.ReadMoved;
import chat.parley.bus.InboxMessages.StateQuery;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.turns.FewAtOnce;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a user's devices here what another of theirs did: its settings, and that it has read. Most
 * users who read have no other device here, so what there is to tell is asked for only where there
 * is one. Soft state: what is too much is dropped, and a device has it with its next look at the
 * inbox. Belongs to one event loop.
 */
final class OtherDevices {
  private static final int MAX_WAITING = 10_000;
  private static final int AT_ONCE = 16;

  private record Key(UserId user, ConversationId conversation) {}

  private final Bus bus;
  private final Connections connections;
  private final Map<Key, ReadMoved> waiting = new LinkedHashMap<>();

  /** What is asked about; true where it is more than the answer may say. */
  private final Map<Key, Boolean> asked = new HashMap<>();

  private final FewAtOnce questions = new FewAtOnce(AT_ONCE, this::askFirst);

  OtherDevices(Bus bus, Connections connections) {
    this.bus = bus;
    this.connections = connections;
  }

  /** Takes what is for it, and leaves alone what is not. */
  void hear(DeliveryMessages message) {
    if (message instanceof DeliverInbox told) {
      asked.replace(new Key(told.userId(), told.state().conversationId()), true);
      write(told.userId(), told.notTo(), told.state());
    } else if (message instanceof DeliverReads reads) {
      reads.moves().forEach(this::add);
      questions.go();
    }
  }

  private void add(ReadMoved move) {
    Key key = new Key(move.userId(), move.conversationId());
    if (!others(move.userId(), move.deviceId()).isEmpty()
        && (waiting.size() < MAX_WAITING || waiting.containsKey(key))) {
      waiting.merge(key, move, OtherDevices::further);
    }
  }

  /** Of two devices that read each was told by nobody: both are. */
  private static ReadMoved further(ReadMoved a, ReadMoved b) {
    return new ReadMoved(
        a.userId(),
        a.deviceId() != null && a.deviceId().equals(b.deviceId()) ? a.deviceId() : null,
        a.conversationId(),
        Math.max(a.seq(), b.seq()));
  }

  private Optional<Future<?>> askFirst() {
    Optional<Key> first =
        waiting.keySet().stream().filter(key -> !asked.containsKey(key)).findFirst();
    return first.map(key -> ask(key, waiting.remove(key)));
  }

  /** One question about a conversation at once, or the older answer could be the last to come. */
  private Future<?> ask(Key key, ReadMoved move) {
    asked.put(key, false);
    return bus.request(
            Addresses.INBOX,
            new StateQuery(move.userId(), move.conversationId(), move.seq()),
            InboxState.class)
        .transform(
            answer -> {
              if (asked.remove(key)) {
                add(move);
              } else if (answer.succeeded()) {
                write(move.userId(), move.deviceId(), answer.result());
              }
              return Future.succeededFuture();
            });
  }

  private void write(UserId user, DeviceId notTo, InboxState state) {
    List<Connection> others = others(user, notTo);
    if (!others.isEmpty()) {
      String frame = ServerFrames.of("inbox.updated", WireJson.inboxState(state));
      others.forEach(connection -> connection.write(frame));
    }
  }

  private List<Connection> others(UserId user, DeviceId notTo) {
    return connections.of(user).stream().filter(connection -> hears(connection, notTo)).toList();
  }

  private static boolean hears(Connection connection, DeviceId notTo) {
    Principal principal = connection.principal();
    return (connection.stage() == Connection.Stage.LIVE
            || connection.stage() == Connection.Stage.SYNCING)
        && !principal.deviceId().equals(notTo);
  }
}
