package chat.parley.relay;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One conversation's way into the stream. Changes go out in the order of their numbers; after a
 * failed send everything from the last acked number on goes out again, out of the log, so that no
 * number is ever passed over. A reader may thereby see a number twice, never a later one without
 * the one before. Where the conversation becomes large, or small again, its changes go on in
 * another topic: the first there waits until all before it are acked where they are, because two
 * topics ack independently of each other.
 */
final class Lane {
  private final Lanes lanes;
  private final ConversationId conversation;
  private long sentUpTo;
  private boolean sentLarge;
  private boolean turning;
  private Position acked;

  /** Of this round, acked before what is in front of them. */
  private final Map<Long, Change> ackedAhead = new HashMap<>();

  private long committedUpTo;
  private long waitingSince;
  private boolean catchingUp;
  private int round;
  private boolean closed;

  Lane(Lanes lanes, ConversationId conversation, long after) {
    this.lanes = lanes;
    this.conversation = conversation;
    this.sentUpTo = after;
    this.acked = new Position(after, 0);
  }

  /** How many committed changes are not yet acked by the stream. */
  long backlog() {
    return committedUpTo - acked.changeSeq();
  }

  /**
   * When the oldest change that is not acked by the stream was committed, by its owner's wall
   * clock, or somewhat earlier: never later. Of use only where there is a backlog.
   */
  long waitingSince() {
    return waitingSince;
  }

  void committed(long after, List<Change> changes) {
    if (backlog() <= 0) {
      waitingSince = changes.get(0).committedAt();
    }
    committedUpTo = changes.get(changes.size() - 1).changeSeq();
    if (!catchingUp && after == sentUpTo) {
      send(changes);
    } else {
      catchUp();
    }
  }

  void close() {
    closed = true;
  }

  private void send(List<Change> changes) {
    int ofRound = round;
    for (Change change : changes) {
      if (ofRound != round) {
        return; // The one before was refused at once: none may overtake it.
      }
      if (mustTurn(change)) {
        return; // The last ack from over there goes on from the log.
      }
      sentUpTo = change.changeSeq();
      lanes.send(change).onComplete(done -> settled(ofRound, change, done.succeeded()));
    }
  }

  /** Whether the change goes into another topic than what is on its way. */
  private boolean mustTurn(Change change) {
    turning = sentUpTo > acked.changeSeq() && change.large() != sentLarge;
    if (!turning) {
      sentLarge = change.large();
    }
    return turning;
  }

  private void settled(int ofRound, Change change, boolean ok) {
    if (closed) {
      return;
    }
    if (ok) {
      acked(ofRound, change);
    } else if (ofRound == round) {
      beginAnew();
      catchUpLater();
    }
  }

  /** From the last acked number on. */
  private void beginAnew() {
    round++;
    sentUpTo = acked.changeSeq();
    turning = false;
    ackedAhead.clear();
  }

  /**
   * Only what leaves nothing out is in the stream: the stream may say yes to a number while it
   * still thinks about the one before (its first answer was lost, and it is asked again), and no to
   * that in the end. What went out before a failure counts in the same way, or goes out again and
   * is counted then. Did it not count at all, a page larger than the stream takes at once would
   * fail for ever.
   */
  private void acked(int ofRound, Change change) {
    if (change.changeSeq() != acked.changeSeq() + 1) {
      if (change.changeSeq() > acked.changeSeq() && ofRound == round) {
        ackedAhead.put(change.changeSeq(), change);
      }
      return;
    }
    for (Change next = change; next != null; next = ackedAhead.remove(acked.changeSeq() + 1)) {
      acked = new Position(next.changeSeq(), next.seq());
      sentUpTo = Math.max(sentUpTo, next.changeSeq());
      // What waits now was committed no earlier than what was before it.
      waitingSince = next.committedAt();
      lanes.acked(conversation, acked);
    }
    if (turning && sentUpTo == acked.changeSeq()) {
      turning = false;
      catchUp();
    }
  }

  private void catchUpLater() {
    catchingUp = true;
    lanes.later(
        () -> {
          catchingUp = false;
          catchUp();
        });
  }

  /**
   * Reads what was committed and not sent, page by page, each page only when the one before is
   * acked.
   */
  private void catchUp() {
    if (closed || catchingUp || turning || sentUpTo >= committedUpTo) {
      return;
    }
    catchingUp = true;
    int ofRound = round;
    Future<List<Change>> page = lanes.read(conversation, sentUpTo + 1);
    page.compose(changes -> Future.all(sendPage(changes, ofRound)))
        .onComplete(
            done -> {
              catchingUp = false;
              if (done.succeeded()) {
                catchUp();
              } else if (!closed) {
                beginAnew();
                catchUpLater();
              }
            });
  }

  /** As far as the stream takes it at once: what follows a refused one must not overtake it. */
  private List<Future<Void>> sendPage(List<Change> changes, int ofRound) {
    if (ofRound != round) {
      return List
          .of(); // A failure came while it was read: what was sent since begins further back.
    }
    List<Future<Void>> sent = new ArrayList<>(changes.size());
    for (Change change : changes) {
      if (mustTurn(change)) {
        break;
      }
      sentUpTo = change.changeSeq();
      Future<Void> one = lanes.send(change).onSuccess(done -> settled(ofRound, change, true));
      sent.add(one);
      if (one.failed()) {
        break;
      }
    }
    return sent;
  }
}
