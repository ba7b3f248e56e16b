package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupRecordTest {
  /** Of version 1, for ever: what an owner has acknowledged must be readable after an upgrade. */
  private static final String GOLDEN =
      "01000263310000000200000000000000070000000000000005010000000201000000000000000400"
          + "017500000000000003e800017500016400026d350000000000000001000000027b7d010000000000"
          + "00000500017500000000000003e800017500016400026d360000000000000001000000027b7d";

  @Test
  void aRecordHasEverythingThatItsRowsHad() {
    Group group = new Group(List.of(row(5, "{\"text\":\"é\"}", 1), row(6, "{}", -2)));

    List<LogRow> read = GroupRecord.decode(GroupRecord.encode(group));

    assertThat(read).usingRecursiveComparison().isEqualTo(group.rows());
  }

  @Test
  void aGroupOfALargeConversationSaysSinceWhen() {
    LogRow small = row(5, "{}", 1);
    LogRow large = new LogRow(2, 7, 5, 1, false, small.change().largeSince(3), small.key());

    List<LogRow> read = GroupRecord.decode(GroupRecord.encode(new Group(List.of(large))));

    assertThat(read.get(0).change().largeSince()).isEqualTo(3);
    assertThat(read).usingRecursiveComparison().isEqualTo(List.of(large));
  }

  @Test
  void aRecordThatCannotBeReadIsNotPassedOver() {
    byte[] record = GroupRecord.encode(new Group(List.of(row(5, "{}", 1), row(6, "{}", 1))));
    byte[] later = record.clone();
    later[0] = 3;

    assertThatThrownBy(() -> GroupRecord.decode(Arrays.copyOf(record, record.length / 2)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GroupRecord.decode(later))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version 3");
  }

  @Test
  void theFormatOfVersionOneStays() {
    byte[] record = GroupRecord.encode(new Group(List.of(row(5, "{}", 1), row(6, "{}", 1))));

    assertThat(HexFormat.of().formatHex(record)).isEqualTo(GOLDEN);
  }

  private static LogRow row(long changeSeq, String payload, long bodyHash) {
    UserId user = new UserId("u");
    return new LogRow(
        2,
        7,
        5,
        2,
        true,
        new Change(
            new ConversationId("c1"),
            changeSeq,
            changeSeq - 1,
            ChangeType.MESSAGE_NEW,
            user,
            null,
            1_000,
            payload.getBytes(StandardCharsets.UTF_8)),
        new SendKey(user, new DeviceId("d"), new ClientMsgId("m" + changeSeq), bodyHash));
  }
}
