package chat.parley.model;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Which of the {@value #COUNT} shards a conversation belongs to. A shard is what one node owns and
 * writes for; the number of shards is part of the data's format and never changes.
 */
public final class Shard {
  /** How many shards there are. */
  public static final int COUNT = 256;

  private Shard() {}

  /**
   * The shard of a conversation, 0 to 255: CRC-32C of its id, so that every node and version
   * agrees.
   */
  public static int of(ConversationId conversation) {
    CRC32C crc = new CRC32C();
    crc.update(conversation.value().getBytes(StandardCharsets.UTF_8));
    return (int) (crc.getValue() % COUNT);
  }
}
