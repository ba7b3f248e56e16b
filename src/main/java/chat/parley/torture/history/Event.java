package chat.parley.torture.history;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One line of a history. What an operation has no use for is null, or 0 for a number, and is left
 * out of the line.
 *
 * @param nanos monotonic, since the run's beginning; one clock for all that is written
 * @param wallMs the wall clock, milliseconds since the epoch: to find the place in a server's log
 * @param process who: a device as {@code handle/device}, {@code store}, {@code stream} or {@code
 *     stream-large} for its two topics, the target of a fault, or a node or store that ended
 * @param user the user id of a device's owner
 * @param device the device id
 * @param subject the user an event is about, where that is not the doer
 * @param hash see {@link ContentHash}: equal where two saw the same content
 * @param source how a change came: {@code live}, {@code resync}, {@code repair} or {@code ack};
 *     else a word of {@link Op}'s
 * @param note a word of {@link Op}'s, else a remark for people
 * @param target the changeSeq of the message that an edit, delete or reaction is of
 * @param version the changeSeq of the change that left a message as it is shown, where that is not
 *     the change itself
 * @param reactions of a message, as {@link chat.parley.torture.content.Reactions} puts them; of a
 *     reaction the step, as {@code +👍} or {@code -👍}
 * @param asked when what brought a change was asked for, as {@code nanos}; 0: nobody asked, or
 *     nobody knows
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Event(
    long nanos,
    long wallMs,
    String process,
    Op op,
    Phase phase,
    String user,
    String device,
    String conversation,
    String clientMsgId,
    String subject,
    long changeSeq,
    long seq,
    String hash,
    String source,
    String note,
    long target,
    long version,
    String reactions,
    long asked) {

  /** Begins an event; its time is that of its being written. */
  public static Draft of(String process, Op op, Phase phase) {
    return new Draft(process, op, phase);
  }

  /** An event that has no time yet. Not for several threads. */
  public static final class Draft {
    private final String process;
    private final Op op;
    private final Phase phase;
    private String user;
    private String device;
    private String conversation;
    private String clientMsgId;
    private String subject;
    private long changeSeq;
    private long seq;
    private String hash;
    private String source;
    private String note;
    private long target;
    private long version;
    private String reactions;
    private long asked;

    private Draft(String process, Op op, Phase phase) {
      this.process = process;
      this.op = op;
      this.phase = phase;
    }

    /** Whose device it is about. */
    public Draft by(String userId, String deviceId) {
      user = userId;
      device = deviceId;
      return this;
    }

    /** Where it happens. */
    public Draft in(String conversationId) {
      conversation = conversationId;
      return this;
    }

    /** Which send. */
    public Draft sentAs(String id) {
      clientMsgId = id;
      return this;
    }

    /** Which user it is about. */
    public Draft about(String userId) {
      subject = userId;
      return this;
    }

    /** Under which numbers. */
    public Draft at(long changeNumber, long messageNumber) {
      changeSeq = changeNumber;
      seq = messageNumber;
      return this;
    }

    /** What it says. */
    public Draft hashed(String contentHash) {
      hash = contentHash;
      return this;
    }

    /** How it came, or another word of {@link Op}'s. */
    public Draft from(String how) {
      source = how;
      return this;
    }

    /** A word of {@link Op}'s, or a remark. */
    public Draft noting(String remark) {
      note = remark;
      return this;
    }

    /** Of which message an edit, delete or reaction is. */
    public Draft of(long messageChangeSeq) {
      target = messageChangeSeq;
      return this;
    }

    /** As which change left a message. */
    public Draft asOf(long changeNumber) {
      version = changeNumber;
      return this;
    }

    /** The reactions of a message, or the step that a reaction is. */
    public Draft reacted(String text) {
      reactions = text;
      return this;
    }

    /** When it was asked for. */
    public Draft askedAt(long historyNanos) {
      asked = historyNanos;
      return this;
    }

    /** The event, at this time. */
    public Event when(long nanos, long wallMs) {
      return new Event(
          nanos,
          wallMs,
          process,
          op,
          phase,
          user,
          device,
          conversation,
          clientMsgId,
          subject,
          changeSeq,
          seq,
          hash,
          source,
          note,
          target,
          version,
          reactions,
          asked);
    }
  }
}
