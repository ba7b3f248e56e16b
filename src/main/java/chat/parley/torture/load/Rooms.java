package chat.parley.torture.load;

import chat.parley.client.Conversation;
import chat.parley.client.Parallel;
import chat.parley.client.ParleyApi;
import chat.parley.client.Retries;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Makes the conversations, before anything is broken. */
final class Rooms {
  private static final int WIDTH = 4;

  /** The server takes so many at a creation; the others are brought in one by one. */
  private static final int MOST_AT_ONCE = 200;

  private final History history;
  private final Gates gates;
  private final Retries retries;
  private final Random random;

  Rooms(History history, Gates gates, Retries retries, Random random) {
    this.history = history;
    this.gates = gates;
    this.retries = retries;
    this.random = random;
  }

  /** Conversations of two, each pair once. */
  Future<List<Room>> dms(List<Person> people, int wanted) {
    List<List<Person>> pairs = new ArrayList<>();
    for (int one = 0; one < people.size(); one++) {
      for (int other = one + 1; other < people.size(); other++) {
        pairs.add(List.of(people.get(one), people.get(other)));
      }
    }
    Collections.shuffle(pairs, random);
    return Parallel.each(
        WIDTH,
        pairs.subList(0, wanted),
        pair ->
            retries
                .call(() -> api(pair.get(0)).createDm(pair.get(1).userId()))
                .map(made -> room("dm", made, pair, List.of())));
  }

  /** Groups of people with devices. */
  Future<List<Room>> groups(List<Person> people, int wanted, int size) {
    List<List<Person>> casts = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      List<Person> shuffled = new ArrayList<>(people);
      Collections.shuffle(shuffled, random);
      casts.add(shuffled.subList(0, size));
    }
    return Parallel.each(WIDTH, casts, cast -> group(cast, List.of()));
  }

  /** A group of all people and of silent members, who have no device. */
  Future<Room> group(List<Person> cast, List<Person> silent) {
    Person owner = cast.get(0);
    List<String> others =
        Stream.concat(cast.stream().skip(1), silent.stream()).map(Person::userId).toList();
    int atOnce = Math.min(MOST_AT_ONCE, others.size());
    List<String> later = others.subList(atOnce, others.size());
    return retries
        .call(() -> api(owner).createGroup("torture", others.subList(0, atOnce)))
        .compose(
            made ->
                Parallel.each(
                        WIDTH,
                        later,
                        userId ->
                            retries.call(
                                () ->
                                    api(owner).putMember(made.conversationId(), userId, "member")))
                    .map(all -> room("group", made, cast, silent)));
  }

  private ParleyApi api(Person person) {
    return person.at(gates.any(random).api());
  }

  private Room room(String type, Conversation made, List<Person> cast, List<Person> silent) {
    Stream.concat(cast.stream(), silent.stream())
        .forEach(
            member ->
                history.add(
                    Event.of("cast", Op.CAST, Phase.INFO)
                        .in(made.conversationId())
                        .about(member.userId())
                        .noting(type)));
    return new Room(made.conversationId(), cast);
  }
}
