package chat.parley.verify;

import io.vertx.core.json.JsonObject;

/**
 * Something that is not as promised.
 *
 * @param number the changeSeq (for a read cursor: the seq) where it is; 0 where it is at none, or
 *     at one that moves on while the conversation does: then {@code what} says it
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

  static Finding stray(String conversation, int bucket, String what) {
    return new Finding(
        Fault.STRAY_BUCKET,
        conversation,
        0,
        "bucket " + bucket,
        what,
        Look.rows(conversation, bucket, 0, Long.MAX_VALUE));
  }

  /** On one line. */
  public String line() {
    return conversation
        + " number "
        + number
        + (subject.isEmpty() ? "" : ", " + subject)
        + ": "
        + what;
  }

  JsonObject json() {
    return new JsonObject()
        .put("fault", fault.word())
        .put("conversation", conversation)
        .put("number", number)
        .put("subject", subject)
        .put("what", what)
        .put("look", look);
  }
}
