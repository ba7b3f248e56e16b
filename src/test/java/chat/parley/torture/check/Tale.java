package chat.parley.torture.check;

import chat.parley.torture.history.ContentHash;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A history by hand. A device {@code ada/1} is that of user {@code ada}. */
final class Tale {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MS = 1_000_000;
  private static final String REACTION = "reaction";

  /** A change of the log; the rest of its fields are those of an event. */
  private record Change(
      String conversation,
      long number,
      long seq,
      String type,
      String sender,
      String id,
      String subject,
      String hash,
      long target,
      String reactions) {}

  private final List<Event> events = new ArrayList<>();
  private final List<Change> log = new ArrayList<>();
  private long now;

  static Event.Draft by(String device, Op op, Phase phase) {
    return Event.of(device, op, phase).by(device.split("/")[0], device);
  }

  static String hash(String conversation, String device, String id, String text) {
    return ContentHash.of("message.new", conversation, device, id, text);
  }

  Tale say(Event.Draft draft) {
    now += MS;
    events.add(draft.when(now, 0));
    return this;
  }

  /** What time it is. */
  long now() {
    return now;
  }

  Tale pause(long ms) {
    now += ms * MS;
    return this;
  }

  Tale cast(String conversation, String type, String... users) {
    for (String user : users) {
      say(Event.of("cast", Op.CAST, Phase.INFO).in(conversation).about(user).noting(type));
    }
    return this;
  }

  Tale connects(String device) {
    return say(by(device, Op.CONNECTION, Phase.INFO));
  }

  Tale loses(String device, int code) {
    return say(by(device, Op.CONNECTION, Phase.INFO).noting(String.valueOf(code)));
  }

  /** What is sent says its own id. */
  Tale sends(String device, String conversation, String id) {
    return say(send(device, conversation, id, Phase.INVOKE));
  }

  static Event.Draft send(String device, String conversation, String id, Phase phase) {
    return by(device, Op.SEND, phase)
        .in(conversation)
        .sentAs(id)
        .hashed(hash(conversation, device, id, id));
  }

  Tale resends(String device, String conversation, String id) {
    return say(by(device, Op.RESEND, Phase.INFO).in(conversation).sentAs(id));
  }

  Tale joins(String conversation, String user) {
    return change(conversation, "member.joined", null, null, user);
  }

  Tale leaves(String conversation, String user) {
    return change(conversation, "member.left", null, null, user);
  }

  /** The message comes to be in the log, and nobody is told. */
  Tale commits(String device, String conversation, String id) {
    return change(conversation, "message.new", device, id, null);
  }

  private Tale change(String conversation, String type, String sender, String id, String subject) {
    long seq = seqOf(conversation) + (id == null ? 0 : 1);
    String hash =
        id == null
            ? ContentHash.of(type, conversation, subject)
            : hash(conversation, sender, id, id);
    log.add(
        new Change(
            conversation, next(conversation), seq, type, sender, id, subject, hash, 0, null));
    return this;
  }

  private long seqOf(String conversation) {
    return log.stream()
        .filter(one -> one.conversation.equals(conversation) && one.id != null)
        .count();
  }

  private long next(String conversation) {
    return log.stream().filter(one -> one.conversation.equals(conversation)).count() + 1;
  }

  /**
   * Somebody asks for an edit (the content is its text), a delete (null) or a reaction (its step).
   */
  Event.Draft amend(
      String device, String conversation, String type, long target, String content, Phase phase) {
    Event.Draft draft =
        by(device, Op.AMEND, phase)
            .in(conversation)
            .sentAs(type + target + content)
            .of(target)
            .noting(type);
    return type.equals(REACTION)
        ? draft.reacted(content)
        : draft.hashed(hashOf(conversation, target, content));
  }

  /** The hash of a message with another text, or none. */
  String hashOf(String conversation, long target, String text) {
    Change message = at(conversation, target);
    return hash(conversation, message.sender, message.id, text);
  }

  /** It comes to be in the log; {@code reactions}: what an edit says that the message has. */
  Tale alters(
      String device,
      String conversation,
      String type,
      long target,
      String content,
      String reactions) {
    boolean step = type.equals(REACTION);
    log.add(
        new Change(
            conversation,
            next(conversation),
            seqOf(conversation),
            type,
            null,
            null,
            device.split("/")[0],
            step
                ? hash(conversation, device, type, content)
                : hashOf(conversation, target, content),
            target,
            step ? content : reactions));
    return this;
  }

  /** Asked for, committed and acked. */
  Tale amends(
      String device,
      String conversation,
      String type,
      long target,
      String content,
      String reactions) {
    return say(amend(device, conversation, type, target, content, Phase.INVOKE))
        .alters(device, conversation, type, target, content, reactions)
        .say(
            amend(device, conversation, type, target, content, Phase.OK)
                .at(next(conversation) - 1, 0));
  }

  /** Sent, committed and acked. */
  Tale says(String device, String conversation, String id) {
    return sends(device, conversation, id)
        .commits(device, conversation, id)
        .acked(device, conversation, id);
  }

  Tale acked(String device, String conversation, String id) {
    Change change =
        log.stream()
            .filter(one -> one.conversation.equals(conversation) && id.equals(one.id))
            .findFirst()
            .orElseThrow();
    return say(send(device, conversation, id, Phase.OK).at(change.number, change.seq));
  }

  Tale receives(String device, String conversation, long... numbers) {
    for (long number : numbers) {
      say(seen(device, Op.RECEIVE, conversation, number));
    }
    return this;
  }

  /** Receives and shows. */
  Tale shows(String device, String conversation, long... numbers) {
    for (long number : numbers) {
      receives(device, conversation, number);
      say(seen(device, Op.SHOW, conversation, number));
    }
    return this;
  }

  Event.Draft seen(String device, Op op, String conversation, long number) {
    return as(by(device, op, Phase.OK), at(conversation, number)).from("live");
  }

  private Change at(String conversation, long number) {
    return log.stream()
        .filter(one -> one.conversation.equals(conversation) && one.number == number)
        .findFirst()
        .orElseThrow();
  }

  private static Event.Draft as(Event.Draft draft, Change change) {
    return draft
        .in(change.conversation)
        .at(change.number, change.seq)
        .hashed(change.hash)
        .sentAs(change.id)
        .about(change.subject)
        .of(change.target)
        .reacted(change.reactions)
        .noting(change.type);
  }

  Tale reading(String note, Phase phase) {
    return say(Event.of("judge", Op.READING, phase).noting(note));
  }

  /** A fresh device reads these numbers. */
  Tale reads(String user, String conversation, long... numbers) {
    String fresh = user + "/fresh";
    for (long number : numbers) {
      say(seen(fresh, Op.FINAL, conversation, number));
    }
    return say(by(fresh, Op.READING, Phase.OK).in(conversation).noting("devices"));
  }

  /** A fresh device reads these messages. */
  Tale readsHistory(String user, String conversation, long... numbers) {
    String fresh = user + "/fresh";
    for (long number : numbers) {
      say(seen(fresh, Op.FINAL, conversation, number).from("history"));
    }
    return say(by(fresh, Op.READING, Phase.OK).in(conversation).noting("history"));
  }

  /** What lies in store and stream is read. */
  Tale storesAndPublishes() {
    reading("store", Phase.INVOKE);
    log.forEach(change -> say(of("store", Op.STORED, change)));
    reading("store", Phase.OK);
    reading("stream", Phase.INVOKE);
    log.forEach(change -> say(of("stream", Op.PUBLISHED, change)));
    return reading("stream", Phase.OK);
  }

  private static Event.Draft of(String process, Op op, Change change) {
    Event.Draft draft = as(Event.of(process, op, Phase.OK), change);
    return change.sender == null ? draft : draft.by(change.sender.split("/")[0], change.sender);
  }

  Tale without(Predicate<Event> which) {
    if (!events.removeIf(which)) {
      throw new IllegalArgumentException("there is no such event");
    }
    return this;
  }

  /** Puts others in the place of these, at the same time. */
  Tale with(Predicate<Event> which, UnaryOperator<Event> other) {
    if (events.stream().noneMatch(which)) {
      throw new IllegalArgumentException("there is no such event");
    }
    events.replaceAll(event -> which.test(event) ? other.apply(event) : event);
    return this;
  }

  /** Moves the first of these behind all others. */
  Tale last(Predicate<Event> which) {
    Event moved = events.stream().filter(which).findFirst().orElseThrow();
    events.remove(moved);
    events.add(moved);
    return this;
  }

  Judgement judged(Path folder, Requirements requirements) {
    Path file = folder.resolve("history.jsonl");
    List<String> lines = new ArrayList<>();
    try {
      for (Event event : events) {
        lines.add(JSON.writeValueAsString(event));
      }
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Judge.judge(file, requirements);
  }
}
