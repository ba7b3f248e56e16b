package chat.parley.torture.load;

import chat.parley.client.Change;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A conversation of the run, and who is in it: by the newest that any device was told, not by what
 * was asked for. A removal that was asked for twice, since the first answer did not come, may
 * happen a second time after its user was brought back.
 */
final class Room {
  final String id;
  final Person owner;

  /** With devices, whether they are in at present or not. */
  final List<Person> cast;

  private final Set<Person> leaving = new HashSet<>();
  private final Map<String, Change> moves = new HashMap<>();
  private long head;

  Room(String id, List<Person> cast) {
    this.id = id;
    this.owner = cast.get(0);
    this.cast = List.copyOf(cast);
  }

  /** Those who are in, and are not about to go. */
  List<Person> present() {
    return cast.stream().filter(person -> !leaving.contains(person) && !hasLeft(person)).toList();
  }

  Person anyPresent(Random random) {
    List<Person> present = present();
    return present.get(random.nextInt(present.size()));
  }

  /** Those who are out, and whom nobody is about to bring back. */
  List<Person> absent() {
    return cast.stream().filter(person -> !leaving.contains(person) && hasLeft(person)).toList();
  }

  private boolean hasLeft(Person person) {
    Change move = moves.get(person.userId());
    return move != null && move.isLeaveOf(person.userId());
  }

  /** From now on nothing is expected of this person here ... */
  void expectNothingOf(Person person) {
    leaving.add(person);
  }

  /** ... until now. */
  void expectAgain(Person person) {
    leaving.remove(person);
  }

  /** Whether somebody is on their way. */
  boolean isChanging() {
    return !leaving.isEmpty();
  }

  /** Somebody was told of this change. */
  void seen(Change change) {
    reaches(change.changeSeq());
    if (change.member() != null) {
      moves.merge(
          change.member().userId(),
          change,
          (one, other) -> one.changeSeq() > other.changeSeq() ? one : other);
    }
  }

  /** The conversation goes as far as this at least. */
  void reaches(long changeSeq) {
    head = Math.max(head, changeSeq);
  }

  /** How far it goes, as far as anybody knows. */
  long head() {
    return head;
  }
}
