package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How a group of messages lies in the journal: one record, so that it is there wholly or not at
 * all, with everything that its rows in the store have, so that they can be written from it.
 * Big-endian, texts as {@link DataOutputStream#writeUTF}.
 */
final class GroupRecord {
  /** Of a conversation that is small. */
  static final int SMALL = 1;

  /** Of one that is large: says since when. */
  static final int LARGE = 2;

  private GroupRecord() {}

  /** Of a group in which every row is a message. */
  static byte[] encode(Group group) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      LogRow first = group.rows().get(0);
      long largeSince = first.change().largeSince(); // the same in all: members do not change here
      out.writeByte(largeSince == 0 ? SMALL : LARGE);
      out.writeUTF(first.change().conversationId().value());
      out.writeInt(group.bucket());
      out.writeLong(group.epoch());
      out.writeLong(group.first());
      out.writeBoolean(group.closesBucket());
      if (largeSince != 0) {
        out.writeLong(largeSince);
      }
      out.writeInt(group.rows().size());
      for (LogRow row : group.rows()) {
        write(out, row);
      }
    } catch (IOException memoryDoesNotFail) {
      throw new UncheckedIOException(memoryDoesNotFail);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, LogRow row) throws IOException {
    Change change = row.change();
    SendKey key = row.key();
    out.writeByte(change.type().code());
    out.writeLong(change.seq());
    out.writeUTF(change.actorId().value());
    out.writeLong(change.committedAt());
    out.writeUTF(key.userId().value());
    out.writeUTF(key.deviceId().value());
    out.writeUTF(key.clientMsgId().value());
    out.writeLong(key.bodyHash());
    out.writeInt(change.payload().length);
    out.write(change.payload());
  }

  /**
   * The rows of a record, ascending.
   *
   * @throws IllegalArgumentException where it is damaged or of a version that this program does not
   *     know: it may hold what was acknowledged, so it cannot be passed over
   */
  static List<LogRow> decode(byte[] record) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(record))) {
      int version = in.readUnsignedByte();
      if (version != SMALL && version != LARGE) {
        throw new IllegalArgumentException("a journal record of version " + version);
      }
      ConversationId conversation = new ConversationId(in.readUTF());
      int bucket = in.readInt();
      long epoch = in.readLong();
      long first = in.readLong();
      boolean closes = in.readBoolean();
      long largeSince = version == LARGE ? in.readLong() : 0;
      int length = in.readInt();
      List<LogRow> rows = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        ChangeType type = type(in.readUnsignedByte());
        long seq = in.readLong();
        UserId actor = new UserId(in.readUTF());
        long committedAt = in.readLong();
        SendKey key =
            new SendKey(
                new UserId(in.readUTF()),
                new DeviceId(in.readUTF()),
                new ClientMsgId(in.readUTF()),
                in.readLong());
        byte[] payload = in.readNBytes(in.readInt());
        Change change =
            new Change(conversation, first + i, seq, type, actor, null, committedAt, payload);
        rows.add(
            new LogRow(
                bucket,
                epoch,
                first,
                length,
                closes,
                StoredMentions.restore(change.largeSince(largeSince)),
                key));
      }
      return rows;
    } catch (IOException cutShort) {
      throw new IllegalArgumentException("a damaged journal record", cutShort);
    }
  }

  private static ChangeType type(int code) {
    return ChangeType.ofCode(code)
        .orElseThrow(() -> new IllegalArgumentException("a journal record of type " + code));
  }
}
