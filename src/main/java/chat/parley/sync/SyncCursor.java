package chat.parley.sync;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The cursor of {@code GET /v1/sync}. It names what one page brought: whoever shows it has that
 * page, and the server's record of the device moves on. So it does not grow with the number of
 * conversations, an answer that was lost is given again, and a cursor that is shown twice, or after
 * a later one, changes nothing.
 *
 * <p>It is bound to its device by a checksum, so that one that is garbled or of somebody else is
 * refused. Not signed: a forged one says no more than any device may say of itself with {@code POST
 * /v1/receipts:batch}, and is clamped to the log in the same way.
 */
final class SyncCursor {
  /** Conversations of one page at most; with these a cursor has some 2,000 characters. */
  static final int MAX_ENTRIES = 100;

  private static final int MAX_TEXT = 4_096;
  private static final byte VERSION = 1;
  private static final int CHECK_BYTES = 8;
  private static final int ENTRY_BYTES = 2 * Long.BYTES;

  private SyncCursor() {}

  /** A conversation as a cursor names it: short, and the same wherever it is computed. */
  static long tag(ConversationId conversation) {
    return ByteBuffer.wrap(digest(conversation.value().getBytes(StandardCharsets.UTF_8))).getLong();
  }

  /** Says that the device has these conversations, by tag, up to these numbers. */
  static String encode(UserId user, DeviceId device, Map<Long, Long> page) {
    ByteBuffer buffer = ByteBuffer.allocate(1 + ENTRY_BYTES * page.size() + CHECK_BYTES);
    buffer.put(VERSION);
    page.forEach((tag, changeSeq) -> buffer.putLong(tag).putLong(changeSeq));
    buffer.put(check(user, device, buffer.duplicate().flip()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
  }

  /**
   * What a cursor of this device says.
   *
   * @throws FailureException BAD_REQUEST where it is none of this device's
   */
  static Map<Long, Long> decode(UserId user, DeviceId device, String text) {
    try {
      if (text.length() > MAX_TEXT) {
        throw notOurs();
      }
      ByteBuffer buffer = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      ByteBuffer content = buffer.duplicate().limit(buffer.limit() - CHECK_BYTES);
      byte[] check = new byte[CHECK_BYTES];
      buffer.position(content.limit()).get(check);
      if (!MessageDigest.isEqual(check, check(user, device, content.duplicate()))
          || content.get() != VERSION
          || content.remaining() % ENTRY_BYTES != 0) {
        throw notOurs();
      }
      Map<Long, Long> page = new LinkedHashMap<>();
      while (content.hasRemaining()) {
        page.put(content.getLong(), content.getLong());
      }
      return page;
    } catch (IllegalArgumentException | BufferUnderflowException garbled) {
      throw notOurs();
    }
  }

  private static FailureException notOurs() {
    return new FailureException(
        Failure.BAD_REQUEST,
        "cursor is none of this device's: give back the last one as it was, or none");
  }

  private static byte[] check(UserId user, DeviceId device, ByteBuffer content) {
    byte[] owner = (user.value() + "\n" + device.value() + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[owner.length + content.remaining()];
    System.arraycopy(owner, 0, all, 0, owner.length);
    content.get(all, owner.length, content.remaining());
    return Arrays.copyOf(digest(all), CHECK_BYTES);
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
