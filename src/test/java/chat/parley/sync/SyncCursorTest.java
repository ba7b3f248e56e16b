package chat.parley.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.bus.FailureException;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SyncCursorTest {
  private static final UserId ANNA = new UserId("anna");
  private static final DeviceId PHONE = new DeviceId("phone");
  private static final long ROOM = SyncCursor.tag(new ConversationId("room"));
  private static final long HALL = SyncCursor.tag(new ConversationId("hall"));

  @Test
  void saysWhatItWasTold() {
    Map<Long, Long> page = Map.of(ROOM, 7L, HALL, 1L << 40);
    String cursor = SyncCursor.encode(ANNA, PHONE, page);
    assertThat(SyncCursor.decode(ANNA, PHONE, cursor)).isEqualTo(page);
    assertThat(SyncCursor.decode(ANNA, PHONE, SyncCursor.encode(ANNA, PHONE, Map.of()))).isEmpty();
  }

  @Test
  void theLargestFitsIntoAnUrl() {
    Map<Long, Long> page = new HashMap<>();
    for (long i = 0; i < SyncCursor.MAX_ENTRIES; i++) {
      page.put(i, Long.MAX_VALUE);
    }
    assertThat(SyncCursor.encode(ANNA, PHONE, page)).hasSizeLessThan(2_500).matches("[\\w-]+");
  }

  @Test
  void oneOfSomebodyElseIsRefused() {
    String cursor = SyncCursor.encode(ANNA, PHONE, Map.of(ROOM, 7L));
    refused(new UserId("ben"), PHONE, cursor);
    refused(ANNA, new DeviceId("laptop"), cursor);
  }

  @Test
  void everyGarbledOneIsRefused() {
    String cursor = SyncCursor.encode(ANNA, PHONE, Map.of(ROOM, 7L));
    for (int i = 0; i < cursor.length() - 1; i++) {
      char other = cursor.charAt(i) == 'A' ? 'B' : 'A';
      refused(ANNA, PHONE, cursor.substring(0, i) + other + cursor.substring(i + 1));
      refused(ANNA, PHONE, cursor.substring(0, i));
    }
    for (String none : new String[] {"", "A", "====", "no cursor", "\u0000", "A".repeat(5_000)}) {
      refused(ANNA, PHONE, none);
    }
  }

  private static void refused(UserId user, DeviceId device, String cursor) {
    assertThatThrownBy(() -> SyncCursor.decode(user, device, cursor))
        .as(cursor)
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("cursor");
  }
}
