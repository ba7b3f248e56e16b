package chat.parley.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ChangeRecordTest {
  private static final Change MESSAGE =
      new Change(
          new ConversationId("c-1"),
          41,
          40,
          ChangeType.MESSAGE_NEW,
          new UserId("anna"),
          null,
          1_795_000_000_123L,
          utf8("{\"type\":\"message.new\",\"message\":{\"body\":{\"text\":\"grüß dich\"}}}"));
  private static final Change JOIN =
      new Change(
          new ConversationId("c-1"),
          42,
          40,
          ChangeType.MEMBER_JOINED,
          new UserId("anna"),
          new UserId("ben"),
          1_795_000_000_456L,
          utf8("{\"type\":\"member.joined\"}"));

  @Test
  void writesWhatVersionOneHasAlwaysWritten() throws IOException {
    String written = show(ChangeRecord.encode(MESSAGE)) + "\n" + show(ChangeRecord.encode(JOIN));
    assertThat(written).isEqualTo(golden());
  }

  @Test
  void readsBackWhatItWrote() {
    assertThat(ChangeRecord.decode(ChangeRecord.encode(MESSAGE))).contains(MESSAGE);
    assertThat(ChangeRecord.decode(ChangeRecord.encode(JOIN))).contains(JOIN);
    Change timed = MESSAGE.timed(1_795_000_000_100L, 1_795_000_000_130L);
    assertThat(ChangeRecord.decode(ChangeRecord.encode(timed))).contains(timed);
    Change large = timed.largeSince(12);
    assertThat(ChangeRecord.decode(ChangeRecord.encode(large))).contains(large);
  }

  @Test
  void saysBesideThePayloadWhomAMessageCalls() {
    Mentions both = new Mentions(List.of(new UserId("ben"), new UserId("cleo")), true);
    StreamRecord record = ChangeRecord.encode(MESSAGE.mentioning(both));

    assertThat(record.headers().get("mentions")).isEqualTo(utf8("ben,cleo,@channel"));
    assertThat(ChangeRecord.decode(record).orElseThrow().mentions()).isEqualTo(both);
    assertThat(ChangeRecord.decode(with(MESSAGE, "mentions", "@channel")).orElseThrow().mentions())
        .isEqualTo(new Mentions(List.of(), true));
    assertThat(ChangeRecord.encode(MESSAGE).headers()).doesNotContainKey("mentions");
  }

  @Test
  void ignoresHeadersThatItDoesNotKnow() {
    assertThat(ChangeRecord.decode(with(JOIN, "trace", "00-abc"))).contains(JOIN);
  }

  @Test
  void leavesTypesAndVersionsOfANewerParleyAlone() {
    assertThat(ChangeRecord.decode(with(JOIN, "type", "900"))).isEmpty();
    assertThat(ChangeRecord.decode(with(JOIN, "v", "2"))).isEmpty();
  }

  @Test
  void refusesDamagedRecords() {
    assertThatThrownBy(() -> ChangeRecord.decode(with(JOIN, "changeSeq", "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("changeSeq");
    assertThatThrownBy(() -> ChangeRecord.decode(new StreamRecord("c", new byte[0], Map.of())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static StreamRecord with(Change change, String header, String value) {
    StreamRecord record = ChangeRecord.encode(change);
    Map<String, byte[]> headers = new HashMap<>(record.headers());
    headers.put(header, utf8(value));
    return new StreamRecord(record.key(), record.value(), headers);
  }

  private static String show(StreamRecord record) {
    String headers =
        record.headers().entrySet().stream()
            .map(
                header ->
                    header.getKey() + "=" + new String(header.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("\n"));
    return "key "
        + record.key()
        + "\n"
        + headers
        + "\nvalue "
        + new String(record.value(), StandardCharsets.UTF_8)
        + "\n";
  }

  private static String golden() throws IOException {
    try (InputStream in = ChangeRecordTest.class.getResourceAsStream("/event/change-v1.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
