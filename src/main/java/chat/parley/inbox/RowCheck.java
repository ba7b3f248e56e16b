package chat.parley.inbox;

import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxNote.Happened;
import chat.parley.personal.InboxRow;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** Compares a row with what it must say at least. */
final class RowCheck {
  private RowCheck() {}

  /** Whether the row lacks something of the note, or is not there. */
  static boolean lacks(Optional<InboxRow> stored, InboxNote note) {
    if (stored.isEmpty()) {
      return true;
    }
    InboxRow row = stored.get();
    if (note.join() != null && row.joinedChangeSeq() < note.join().changeSeq()) {
      return true;
    }
    if (note.position() == null) {
      // Past that number it may follow again, since its conversation has become small.
      return !row.byHead() && row.position().changeSeq() < note.byHeadFrom();
    }
    boolean behind = row.position().changeSeq() < note.position().changeSeq();
    return behind || leftOff(row, note) || lacksMessage(row, note);
  }

  /** Whether the note has a later message, or knows when it was where the row does not. */
  private static boolean lacksMessage(InboxRow row, InboxNote note) {
    Happened message = note.message();
    return message != null
        && (row.messageChangeSeq() < message.changeSeq()
            || row.messageChangeSeq() == message.changeSeq() && row.messageAt() < message.at());
  }

  /**
   * Whether the row has followed its conversation up to the note's place and no further: right
   * where the conversation became large with the next change, else it lacks something.
   */
  static boolean leftOff(InboxRow row, InboxNote note) {
    return row.byHead() && row.position().equals(note.position());
  }

  /** The row once the note is written down. */
  static InboxRow after(Optional<InboxRow> stored, InboxNote note) {
    InboxRow row =
        stored.orElseGet(
            () -> new InboxRow(note.conversationId(), Position.START, 0, 0, 0, 0, 0, true));
    boolean ahead =
        note.position() == null || row.position().changeSeq() > note.position().changeSeq();
    boolean knows = !lacksMessage(row, note);
    boolean joinedLater = note.join() == null || row.joinedChangeSeq() > note.join().changeSeq();
    return new InboxRow(
        note.conversationId(),
        ahead ? row.position() : note.position(),
        knows ? row.messageChangeSeq() : note.message().changeSeq(),
        knows ? row.messageAt() : note.message().at(),
        joinedLater ? row.joinedChangeSeq() : note.join().changeSeq(),
        joinedLater ? row.joinedSeq() : note.join().seq(),
        joinedLater ? row.joinedAt() : note.join().at(),
        note.position() == null || ahead && row.byHead());
  }

  /**
   * A row's part of a checksum; the sum over all rows does not depend on their order. Where a row
   * does not follow its conversation, what it says of it is left out.
   */
  static long checksum(UserId user, InboxRow row) {
    String text =
        String.join(
            "|",
            user.value(),
            row.conversationId().value(),
            row.joinedSeq() + "@" + row.joinedAt(),
            row.byHead()
                ? "head"
                : row.position() + "|" + row.messageChangeSeq() + "@" + row.messageAt());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
