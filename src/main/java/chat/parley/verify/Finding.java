package chat.parley.verify;

/**
 * Something that is not as promised.
 *
 * @param number the changeSeq (for a read cursor: the seq) where it is
 * @param subject whom or what besides it is about: a user, a device, a send key; may be empty
 * @param what in words, with the values that were seen
 * @param look how one would look at it
 */
public record Finding(
    Fault fault, String conversation, long number, String subject, String what, String look) {
  /** What makes two sightings the same finding: the values seen may move on meanwhile. */
  record Identity(Fault fault, String conversation, long number, String subject) {}

  Identity identity() {
    return new Identity(fault, conversation, number, subject);
  }

  static Finding at(Fault fault, String conversation, long number, String what, String look) {
    return new Finding(fault, conversation, number, "", what, look);
  }
}
