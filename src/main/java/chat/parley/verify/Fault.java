package chat.parley.verify;

import java.util.Locale;

/** Every sort of fault that can be found, and where one would look. */
public enum Fault {
  HOLE("numbers below the log's end have no row"),
  GROUP("rows that do not make up a whole group"),
  SEQ("seq is not the number of messages up to here"),
  DOUBLE("one (user, device, clientMsgId) at two numbers"),
  TWO_CONTENTS("one number with two committed contents"),
  UNREADABLE("a row's content is missing or belongs to another number"),
  MARK_LEADS("the published mark is beyond the end of the log"),
  MARK_OFF("the published mark is not at the end of a group, or says the wrong seq or bucket"),
  SEND_KEY_DANGLING("a send key points to no row"),
  SEND_KEY_OTHER("a send key points to another send's row"),
  SEND_KEY_MISSING("a recent message has no send key: a retry would be stored again"),
  BUCKET_INDEX("the bucket index does not say what the log says"),
  STRAY_BUCKET("rows in a bucket that the log never opened"),
  UNKNOWN_CONVERSATION("a log without its conversation"),
  MEMBERSHIP("membership is not what the log says"),
  CURSOR("a cursor is beyond the log, or at a number with another seq"),
  STREAM_LACKS("published, but not in the stream"),
  STREAM_EXTRA("in the stream, but not in the log"),
  STREAM_CONTENT("in the stream with another content than in the log"),
  STREAM_DAMAGED("a record of the stream that cannot be read");

  private final String meaning;

  Fault(String meaning) {
    this.meaning = meaning;
  }

  /** In a few words. */
  public String meaning() {
    return meaning;
  }

  /** The stable word of reports. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
