package chat.parley.torture.check;

import chat.parley.client.Change;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How everything in a history ended: what a single event can be held against. */
final class Evidence {
  /** A conversation as it was made; {@code type} is null where it never was. */
  private static final class Cast {
    private String type;
    private final Set<String> members = new LinkedHashSet<>();
  }

  /**
   * A user's reading of a conversation, by a fresh device after the end.
   *
   * @param what {@code devices}: its changes; {@code history}: its messages
   */
  record Reading(String user, String conversation, String what) {}

  private static final Log NO_LOG = new Log();

  private final Map<String, String> names = new HashMap<>();
  private final Map<String, Log> logs = new LinkedHashMap<>();
  private final Map<SendKey, Send> sends = new LinkedHashMap<>();
  private final Map<SendKey, Ask> asks = new LinkedHashMap<>();
  private final Map<String, States> states = new HashMap<>();
  private final Returns returns = new Returns();
  private final Map<String, Cast> casts = new LinkedHashMap<>();
  private final Map<String, Stints> stints = new HashMap<>();
  private final Map<String, Long> seen = new HashMap<>();
  private final Map<String, Long> settled = new HashMap<>();
  private final Set<String> ended = new LinkedHashSet<>();
  private final Set<Reading> readings = new LinkedHashSet<>();
  private final List<String> doubles = new ArrayList<>();

  private Evidence() {}

  /** Reads a history. */
  static Evidence of(Path history) {
    Evidence evidence = new Evidence();
    History.read(history, evidence::take);
    evidence.names.clear();
    evidence.conclude();
    return evidence;
  }

  private void take(Event event) {
    switch (event.op()) {
      case SEND -> send(event);
      case RESEND -> {
        Send known = sends.get(key(event));
        // What was refused is that attempt alone; it went out when it was said to.
        if (known != null && event.phase() == Phase.INFO) {
          known.resent();
        }
      }
      case AMEND -> amend(event);
      case MEMBER -> returns.take(event);
      case RECEIVE, SHOW -> saw(event);
      case STORED -> stored(event);
      case CAST -> {
        Cast cast = casts.computeIfAbsent(one(event.conversation()), any -> new Cast());
        cast.type = one(event.note());
        cast.members.add(one(event.subject()));
      }
      case READING -> {
        if (event.phase() == Phase.OK) {
          if (event.conversation() == null) {
            ended.add(event.note());
          } else {
            readings.add(
                new Reading(one(event.user()), one(event.conversation()), one(event.note())));
          }
        }
      }
      default -> {
        // The others are judged where they happened.
      }
    }
  }

  private void send(Event event) {
    Send send =
        sends.computeIfAbsent(
            key(event), any -> new Send(seen.getOrDefault(event.conversation(), 0L)));
    switch (event.phase()) {
      case INVOKE -> send.invoked(one(event.hash()));
      case OK -> {
        send.acked(event);
        saw(event);
      }
      case FAIL -> send.refused();
      default -> send.unknown();
    }
  }

  private void amend(Event event) {
    if (event.phase() == Phase.INVOKE) {
      asks.put(key(event), new Ask(event, seen.getOrDefault(event.conversation(), 0L)));
      return;
    }
    Ask ask = asks.get(key(event));
    if (ask != null) {
      ask.ended(event);
    }
    if (event.phase() == Phase.OK) {
      saw(event);
    }
  }

  private void saw(Event event) {
    seen.merge(one(event.conversation()), event.changeSeq(), Math::max);
  }

  private void stored(Event event) {
    boolean message = Change.MESSAGE_NEW.equals(event.note());
    Log.Entry entry =
        new Log.Entry(
            event.seq(),
            one(event.hash()),
            one(event.note()),
            one(event.subject()),
            message ? key(event) : null,
            event.target(),
            event.reactions());
    Log.Entry before =
        logs.computeIfAbsent(one(event.conversation()), any -> new Log())
            .add(event.changeSeq(), entry);
    if (before != null && !before.equals(entry)) {
      doubles.add(event.conversation() + " has two contents at " + event.changeSeq());
    }
  }

  private SendKey key(Event event) {
    return new SendKey(
        one(event.conversation()), one(event.user()), one(event.device()), event.clientMsgId());
  }

  /** One object for equal texts: a history says the same names a million times. */
  private String one(String text) {
    return text == null ? null : names.computeIfAbsent(text, any -> text);
  }

  private void conclude() {
    Set<String> all = new LinkedHashSet<>(casts.keySet());
    all.addAll(logs.keySet());
    for (String conversation : all) {
      Cast cast = casts.getOrDefault(conversation, new Cast());
      Log log = log(conversation);
      stints.put(conversation, new Stints(log, "dm".equals(cast.type), cast.members));
      states.put(conversation, States.of(log));
      settled.put(conversation, settledHead(conversation, log));
    }
  }

  /**
   * What everybody must have at the end goes up to here. Messages and amendments beyond it were
   * never acked and nobody saw them: they may have come to be in the log when nobody listened any
   * more.
   */
  private long settledHead(String conversation, Log log) {
    long head = seen.getOrDefault(conversation, 0L);
    for (Map.Entry<Long, Log.Entry> change : log.entries().descendingMap().entrySet()) {
      boolean asked = change.getValue().key() != null || change.getValue().amends();
      if (change.getKey() <= head || !asked) {
        return Math.max(head, change.getKey());
      }
    }
    return head;
  }

  /** Whether what the store holds was read to its end; without that no log can be relied on. */
  boolean hasLog() {
    return ended.contains("store");
  }

  /** Whether the reading of this name was brought to its end. */
  boolean hasReading(String note) {
    return ended.contains(note);
  }

  /** Who read which conversation in the end. */
  Set<Reading> readings() {
    return readings;
  }

  /** What a log says twice, differently. */
  List<String> doubles() {
    return doubles;
  }

  Map<String, Log> logs() {
    return logs;
  }

  /** An empty one where the store has nothing of the conversation. */
  Log log(String conversation) {
    return logs.getOrDefault(conversation, NO_LOG);
  }

  Map<SendKey, Send> sends() {
    return sends;
  }

  /** Edits, deletes and reactions that were asked for. */
  Map<SendKey, Ask> asks() {
    return asks;
  }

  /** The states that a conversation's messages were in; of one that is not stored none. */
  States states(String conversation) {
    return states.getOrDefault(conversation, States.NONE);
  }

  /**
   * Whether a user may have been brought back by this time, after a leave or another number of the
   * past.
   */
  boolean mayBeBack(String conversation, String user, long since, long nanos) {
    return returns.mayBeBack(stints(conversation), conversation, user, since, nanos);
  }

  /** Conversations that were cast, and those that are stored. */
  Set<String> conversations() {
    return stints.keySet();
  }

  long casts() {
    return casts.size();
  }

  /** Who was brought in when it was made; nobody into a dm: its two are in it without a join. */
  Set<String> firstMembers(String conversation) {
    Cast cast = casts.getOrDefault(conversation, new Cast());
    return "dm".equals(cast.type) ? Set.of() : cast.members;
  }

  /** The sorts of conversations that were cast. */
  Set<String> sorts() {
    Set<String> sorts = new LinkedHashSet<>();
    casts.values().forEach(cast -> sorts.add(cast.type));
    return sorts;
  }

  /** Null for a conversation of which nothing is known. */
  Stints stints(String conversation) {
    return stints.get(conversation);
  }

  /** Whether a user may read what has this number; a group hides from newcomers what was before. */
  boolean mayRead(String conversation, String user, long changeSeq) {
    return !"group".equals(casts.getOrDefault(conversation, new Cast()).type)
        || stints(conversation).maySee(user, changeSeq);
  }

  /** The number up to which everybody who may see it must have everything. */
  long settledHead(String conversation) {
    return settled.getOrDefault(conversation, 0L);
  }

  static boolean isObservation(Op op) {
    return op == Op.RECEIVE || op == Op.SHOW || op == Op.FINAL || op == Op.PUBLISHED;
  }
}
