package chat.parley.cluster.model;

import chat.parley.client.Change;
import chat.parley.cluster.model.Tally.Sort;
import chat.parley.model.Right;
import chat.parley.model.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One conversation as a simple sequential program makes it: one change after the other, in the
 * order of their numbers, with texts from those who wrote them. It refuses what nobody asked for
 * and what its actor had no right to at that number.
 */
final class Model {
  /** Somebody's stay; {@code left} is {@link Long#MAX_VALUE} while it lasts. */
  record Stay(long joined, long left, long seqBefore) {
    boolean covers(long number) {
      return joined <= number && number <= left;
    }
  }

  /**
   * A change, as far as all may know it.
   *
   * @param about the message, and of a reaction what is done to it; null where it is about none
   */
  record Step(
      long number,
      long seq,
      String type,
      String actor,
      String subject,
      String role,
      String about) {}

  private static final Pattern NAME = Pattern.compile("@([a-z0-9]+)");

  final String conversation;
  final String type;
  private final boolean showsAll;
  private final Deeds deeds;
  private final Map<String, String> handles;
  private final Tally tally;
  private final int firstMembers;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Msg> messages = new LinkedHashMap<>();
  private final Set<String> keys = new HashSet<>();
  private final Map<String, Role> members = new LinkedHashMap<>();
  private final Map<String, List<Stay>> stays = new LinkedHashMap<>();
  private int mostMembers;

  /**
   * @param showsAll whether members read what passed before they came
   * @param firstMembers who was there from the start: without changes in a dm, else with the first
   *     changes
   */
  Model(
      World world, String conversation, String type, boolean showsAll, List<String> firstMembers) {
    this.conversation = conversation;
    this.type = type;
    this.showsAll = showsAll;
    this.deeds = world.deeds();
    this.handles = world.usersByHandle();
    this.tally = world.tally();
    this.firstMembers = firstMembers.size();
    if (type.equals("dm")) {
      firstMembers.forEach(
          user -> {
            members.put(user, Role.MEMBER);
            stays.put(user, new ArrayList<>(List.of(new Stay(0, Long.MAX_VALUE, 0))));
          });
      mostMembers = 2;
    }
  }

  /** All of the log, in its order. */
  Model follow(List<Change> log) {
    log.forEach(this::follow);
    for (Deeds.Promised promised : deeds.promises(conversation)) {
      long number = promised.ack().changeSeq();
      check(number >= 1 && number <= head(), "an ack names number %d of %d", number, head());
      Step step = steps.get((int) number - 1);
      // What was so already is answered with the change that made it so, or the message's version.
      boolean same = step.type.equals(promised.type()) && step.actor.equals(promised.actor());
      check(promised.ack().replayed() || same, "%s is not what was acked: %s", step, promised);
    }
    return this;
  }

  private void follow(Change change) {
    check(change.changeSeq() == head() + 1, "%d follows on %d", change.changeSeq(), head());
    long seq = headSeq() + (change.isMessage() ? 1 : 0);
    check(change.seq() == seq, "change %d has seq %d, not %d", head() + 1, change.seq(), seq);
    switch (change.type()) {
      case "message.new" -> send(change);
      case "message.edit" -> edit(change);
      case "message.delete" -> delete(change);
      case "reaction" -> react(change);
      case "member.joined" -> join(change);
      case "member.left" -> leave(change);
      case "member.updated" -> changeRole(change);
      default -> mustHave(change, Right.DESCRIBE);
    }
    String subject = change.member() == null ? null : change.member().userId();
    Role role = members.get(subject);
    steps.add(
        new Step(
            change.changeSeq(),
            change.seq(),
            change.type(),
            change.actorId(),
            subject,
            role == null ? null : role.wireName(),
            about(change)));
    mostMembers = Math.max(mostMembers, members.size());
  }

  /** What the change is about, as the server says it on every way. */
  static String about(Change change) {
    if (change.reaction() != null) {
      return String.valueOf(change.reaction());
    }
    return change.message() == null ? null : change.message().messageId();
  }

  private void send(Change change) {
    mustHave(change, Right.SEND);
    String key = change.message().clientMsgId();
    String text =
        deeds
            .textOf(conversation, change.actorId(), key)
            .orElseThrow(() -> new AssertionError("nobody sent " + change));
    check(keys.add(change.actorId() + ' ' + key), "%s is there twice", key);
    boolean callsAll = text.contains("@channel") && !type.equals("dm");
    Msg message = new Msg(change, text, calledBy(text), callsAll);
    check(messages.put(message.id, message) == null, "%s is there twice", message.id);
    tally.count(Sort.SENT);
  }

  private Set<String> calledBy(String text) {
    Set<String> called = new HashSet<>();
    for (Matcher names = NAME.matcher(text); names.find(); ) {
      String user = handles.get(names.group(1));
      if (user != null && members.containsKey(user)) {
        called.add(user);
      }
    }
    return called;
  }

  private void edit(Change change) {
    mustHave(change, Right.SEND);
    Msg message = messages.get(change.message().messageId());
    check(message.sender.equals(change.actorId()), "an edit of another's message: %s", change);
    String text =
        deeds
            .editOf(change.actorId(), message.id, change.changeSeq())
            .orElseThrow(() -> new AssertionError("nobody asked for " + change));
    check(!message.last().deleted(), "an edit of a deleted message: %s", change);
    tally.count(message.last().edited() ? Sort.EDITED_AGAIN : Sort.EDITED);
    message.edit(change.changeSeq(), text);
  }

  private void delete(Change change) {
    mustHave(change, Right.SEND);
    Msg message = messages.get(change.message().messageId());
    boolean manages = members.get(change.actorId()).may(Right.DELETE_OTHERS);
    check(manages || message.sender.equals(change.actorId()), "no right to %s", change);
    check(!message.last().deleted(), "deleted twice: %s", change);
    tally.count(message.last().edited() ? Sort.DELETED_AFTER_EDIT : Sort.DELETED);
    message.delete(change.changeSeq());
  }

  private void react(Change change) {
    mustHave(change, Right.SEND);
    Msg message = messages.get(change.reaction().messageId());
    String emoji = change.reaction().emoji();
    check(!message.last().deleted(), "a reaction to a deleted message: %s", change);
    boolean set = message.isReactedTo(change.actorId(), emoji);
    check(set != change.reaction().on(), "a reaction that changes nothing: %s", change);
    tally.count(set ? Sort.TAKEN_BACK : Sort.REACTED);
    message.react(change.changeSeq(), change.actorId(), emoji);
  }

  private void join(Change change) {
    String user = change.member().userId();
    boolean self = type.equals("channel") && user.equals(change.actorId());
    if (change.changeSeq() > firstMembers && !self) {
      mustHave(change, Right.INVITE);
      mustRank(change, role(change));
    }
    check(!members.containsKey(user), "joined twice: %s", change);
    members.put(user, role(change));
    tally.count(stays.containsKey(user) ? Sort.CAME_BACK : Sort.JOINED);
    stays
        .computeIfAbsent(user, any -> new ArrayList<>())
        .add(new Stay(change.changeSeq(), Long.MAX_VALUE, change.seq()));
  }

  private void leave(Change change) {
    String user = change.member().userId();
    check(members.containsKey(user), "left twice: %s", change);
    boolean removed = !user.equals(change.actorId());
    if (removed) {
      mustHave(change, Right.KICK);
      mustRank(change, members.get(user));
    }
    tally.count(removed ? Sort.REMOVED : Sort.LEFT);
    members.remove(user);
    List<Stay> own = stays.get(user);
    Stay last = own.remove(own.size() - 1);
    own.add(new Stay(last.joined, change.changeSeq(), last.seqBefore));
  }

  private void changeRole(Change change) {
    String user = change.member().userId();
    mustHave(change, Right.CHANGE_ROLE);
    mustRank(change, members.get(user));
    mustRank(change, role(change));
    check(members.get(user) != role(change), "a role that changes nothing: %s", change);
    tally.count(Sort.ROLE_CHANGED);
    members.put(user, role(change));
  }

  private static Role role(Change change) {
    return Role.valueOf(change.member().role().toUpperCase(Locale.ROOT));
  }

  private void mustHave(Change change, Right right) {
    Role role = members.get(change.actorId());
    check(role != null && role.may(right), "%s has no right to %s", role, change);
  }

  private void mustRank(Change change, Role role) {
    check(!role.isAbove(members.get(change.actorId())), "too high for its actor: %s", change);
  }

  private static void check(boolean holds, String otherwise, Object... values) {
    if (!holds) {
      throw new AssertionError(String.format(Locale.ROOT, otherwise, values));
    }
  }

  long head() {
    return steps.size();
  }

  long headSeq() {
    return steps.isEmpty() ? 0 : steps.get(steps.size() - 1).seq;
  }

  Step step(long number) {
    return steps.get((int) number - 1);
  }

  /** Current members with their roles. */
  Map<String, Role> members() {
    return members;
  }

  /** Whether it can ever have been larger than this. */
  boolean wasLargerThan(int count) {
    return mostMembers > count;
  }

  List<Stay> stays(String user) {
    return stays.getOrDefault(user, List.of());
  }

  /** Whether the user was there at this number, and has been ever since. */
  boolean hasStayedSince(String user, long number) {
    return stays(user).stream()
        .anyMatch(stay -> stay.joined <= number && stay.left == Long.MAX_VALUE);
  }

  /** The last number that a user is shown; 0 for a stranger. */
  long endFor(String user) {
    List<Stay> own = stays(user);
    return own.isEmpty() ? 0 : Math.min(head(), own.get(own.size() - 1).left);
  }

  /** All numbers. */
  List<Long> all() {
    return steps.stream().map(Step::number).toList();
  }

  /** The numbers that were delivered to the user. */
  List<Long> deliveredTo(String user) {
    return steps.stream()
        .map(Step::number)
        .filter(number -> stays(user).stream().anyMatch(stay -> stay.covers(number)))
        .toList();
  }

  /** Those of them since they came the last time. */
  List<Long> deliveredSinceJoin(String user) {
    List<Stay> own = stays(user);
    return own.isEmpty()
        ? List.of()
        : deliveredTo(user).stream()
            .filter(number -> number >= own.get(own.size() - 1).joined)
            .toList();
  }

  /**
   * What a device may be given that was not always connected: all of it, or what follows on a stay
   * that it slept through, and on all before that; and where no stay lasts nothing at all.
   */
  List<List<Long>> deliveredFromAnyStay(String user) {
    List<List<Long>> right = new ArrayList<>();
    for (Stay stay : stays(user)) {
      right.add(deliveredTo(user).stream().filter(number -> number >= stay.joined).toList());
    }
    if (!members.containsKey(user)) {
      right.add(List.of());
    }
    return right;
  }

  /** The numbers that the user may read. */
  List<Long> readableBy(String user) {
    return showsAll && !stays(user).isEmpty()
        ? steps.stream().map(Step::number).filter(number -> number <= endFor(user)).toList()
        : deliveredTo(user);
  }

  /**
   * Whether the user is told all of a change: an edit or a delete of a message that they may not
   * read comes without it.
   */
  boolean isTold(Step step, String user) {
    boolean whole = step.type.equals("message.edit") || step.type.equals("message.delete");
    return !whole
        || showsAll
        || stays(user).stream().anyMatch(stay -> stay.covers(message(step.about).number));
  }

  /** The message of this id. */
  Msg message(String id) {
    return messages.get(id);
  }

  /** Messages with these numbers, oldest first. */
  List<Msg> messages(List<Long> numbers) {
    return messages.values().stream()
        .filter(message -> numbers.contains(message.number))
        .sorted(Comparator.comparingLong(message -> message.seq))
        .toList();
  }

  /** Messages that the user has not read, if they have read up to this one. */
  long unread(String user, long readSeq) {
    return Math.max(0, headSeq() - seen(user, readSeq));
  }

  /** Those of them that call the user. */
  long mentions(String user, long readSeq) {
    return messages.values().stream()
        .filter(message -> message.seq > seen(user, readSeq) && message.calls(user))
        .count();
  }

  private long seen(String user, long readSeq) {
    List<Stay> own = stays(user);
    return Math.max(readSeq, own.get(own.size() - 1).seqBefore);
  }
}
