package chat.parley.gateway;

import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import chat.parley.registry.Interests;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The large conversations that users connected here are in, and who: a fan-out brings their changes
 * to this gateway as long as there is one, and leaves it to the gateway whom to give them to. A
 * user is known to be in one from a sync's plan, or from the change that brought them in; a leave
 * ends it at its number. This only decides whom a change is offered to: what a device is given is
 * decided by its {@link ConversationStream}, which goes over a gap by the log alone. Lives on the
 * event loop.
 */
final class LargeConversations {
  /**
   * From when to when a user is a member, as far as this gateway needs it; and the latest number at
   * which they are known to be one, however early they came: a leave before it is of an earlier
   * stay, and what was there before it may have passed while they were away.
   */
  private static final class Stay {
    private long from;
    private long since;
    private long until = Long.MAX_VALUE;

    Stay(long from, long since) {
      this.from = from;
      this.since = since;
    }

    void isAlso(long from, long since) {
      this.from = Math.min(this.from, from);
      this.since = Math.max(this.since, since);
    }

    boolean isEndedBy(Change leave) {
      return covers(leave.changeSeq()) && since < leave.changeSeq();
    }

    boolean covers(long changeSeq) {
      return from <= changeSeq && changeSeq <= until;
    }
  }

  private static final class Hall {
    private final Map<UserId, Stay> stays = new HashMap<>();
    private Future<Void> interested;
    private long interestedSince;
    private long highest;

    /** The users, until somebody comes or goes. */
    private List<UserId> users;

    List<UserId> users() {
      if (users == null) {
        users = List.copyOf(stays.keySet());
      }
      return users;
    }
  }

  private final Interests interests;
  private final Connections connections;
  private final HomeLoop loop;
  private final Map<ConversationId, Hall> halls = new HashMap<>();
  private final Map<UserId, Set<ConversationId>> hallsOf = new HashMap<>();

  LargeConversations(Interests interests, Connections connections, HomeLoop loop) {
    this.interests = interests;
    this.connections = connections;
    this.loop = loop;
  }

  /**
   * The user is a member from this number on; nothing happens where no socket of theirs is here.
   *
   * @param since where the stay began, or a later number that it is known to cover
   * @return completes when every fan-out knows that this gateway is interested; fails with {@code
   *     UNAVAILABLE} where that cannot be said
   */
  Future<Void> enter(ConversationId conversation, UserId user, long from, long since) {
    if (connections.of(user).isEmpty()) {
      return Future.succeededFuture();
    }
    Hall hall = halls.computeIfAbsent(conversation, any -> new Hall());
    if (hall.interested == null || hall.interested.failed()) {
      hall.interested = beInterested(conversation, hall);
    }
    Stay stay = hall.stays.get(user);
    if (stay == null || stay.until < Math.max(from, since)) {
      hall.stays.put(user, new Stay(from, since));
      hall.users = null;
    } else {
      stay.isAlso(from, since);
    }
    hallsOf.computeIfAbsent(user, any -> new HashSet<>(2)).add(conversation);
    return hall.interested;
  }

  private Future<Void> beInterested(ConversationId conversation, Hall hall) {
    return loop.bring(interests.add(conversation))
        .onSuccess(done -> hall.interestedSince = System.nanoTime())
        .recover(
            cause ->
                Future.failedFuture(
                    new FailureException(
                        Failure.UNAVAILABLE, "the cluster does not take an interest: " + cause)));
  }

  /**
   * Whether this gateway gets every change of the conversation that was committed after this time
   * ({@code System.nanoTime}).
   */
  boolean hasAllSince(ConversationId conversation, long nanos) {
    Hall hall = halls.get(conversation);
    return hall != null && hall.interested.succeeded() && hall.interestedSince - nanos <= 0;
  }

  /** The highest number that has come here while the conversation was large; 0 where none has. */
  long highest(ConversationId conversation) {
    Hall hall = halls.get(conversation);
    return hall == null ? 0 : hall.highest;
  }

  /** A sync's plan says that it is large at this number. */
  void seen(ConversationId conversation, long changeSeq) {
    Hall hall = halls.get(conversation);
    if (hall != null) {
      hall.highest = Math.max(hall.highest, changeSeq);
    }
  }

  /**
   * Follows a change of a large conversation; those whom it takes out still see it.
   *
   * @return the users here that it may be for: ask {@link #maySee} of each
   */
  List<UserId> follow(Change change) {
    Hall hall = halls.get(change.conversationId());
    if (hall == null) {
      return List.of();
    }
    hall.highest = Math.max(hall.highest, change.changeSeq());
    Stay subject = hall.stays.get(change.subjectId());
    if (isEndOf(subject, change)) {
      subject.until = change.changeSeq();
    }
    return hall.users();
  }

  private static boolean isEndOf(Stay stay, Change change) {
    return stay != null && change.type() == ChangeType.MEMBER_LEFT && stay.isEndedBy(change);
  }

  /** Whether the change of this number is for the user, as far as is known here. */
  boolean maySee(ConversationId conversation, UserId user, long changeSeq) {
    Hall hall = halls.get(conversation);
    Stay stay = hall == null ? null : hall.stays.get(user);
    return stay != null && stay.covers(changeSeq);
  }

  /** Whether the user may be told all that is delivered, for certain. */
  boolean mayBeTold(Delivery delivery, UserId user) {
    if (delivery.onlyFor() == 0) {
      return true;
    }
    Hall hall = halls.get(delivery.change().conversationId());
    Stay stay = hall == null ? null : hall.stays.get(user);
    return stay != null && stay.since <= delivery.onlyFor();
  }

  /** The change has been given out: whom it took out is in it no more. */
  void followed(Change change) {
    Hall hall = halls.get(change.conversationId());
    Stay subject = hall == null ? null : hall.stays.get(change.subjectId());
    if (subject != null && subject.until <= change.changeSeq()) {
      leave(change.conversationId(), change.subjectId());
    }
  }

  /**
   * A change came the way of small conversations: it may have become one, and then nobody is in it
   * here any more.
   *
   * @return those who were: it may have overtaken changes of the time when it was large, or one
   *     that is being given out
   */
  List<UserId> smallAt(Change change) {
    Hall hall = halls.get(change.conversationId());
    if (hall == null) {
      return List.of();
    }
    if (change.changeSeq() <= hall.highest) {
      Stay subject = hall.stays.get(change.subjectId());
      if (isEndOf(subject, change)) { // of the time before it was large
        leave(change.conversationId(), change.subjectId());
      }
      return List.of();
    }
    List<UserId> users = hall.users();
    users.forEach(user -> leave(change.conversationId(), user));
    return users;
  }

  /** Everybody here who is in it. */
  List<UserId> users(ConversationId conversation) {
    Hall hall = halls.get(conversation);
    return hall == null ? List.of() : hall.users();
  }

  /** The user's last socket here is gone. */
  void gone(UserId user) {
    Set<ConversationId> in = hallsOf.get(user);
    if (in != null) {
      List.copyOf(in).forEach(conversation -> leave(conversation, user));
    }
  }

  private void leave(ConversationId conversation, UserId user) {
    hallsOf.computeIfPresent(
        user,
        (any, in) -> {
          in.remove(conversation);
          return in.isEmpty() ? null : in;
        });
    Hall hall = halls.get(conversation);
    if (hall == null || hall.stays.remove(user) == null) {
      return;
    }
    hall.users = null;
    if (hall.stays.isEmpty()) {
      halls.remove(conversation);
      // One that stays costs a message a change, until its time ends.
      hall.interested.onSuccess(done -> interests.remove(conversation));
    }
  }

  /** How many there are. */
  int size() {
    return halls.size();
  }
}
