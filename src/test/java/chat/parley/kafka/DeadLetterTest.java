package chat.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
  private static final DeadLetter LETTER = letter(41, record("room", "{}"));

  @Test
  void comesBackAsItWas() {
    DeadLetter read = DeadLetter.decode(LETTER.encode());

    assertThat(read.id()).isEqualTo(LETTER.id()).matches("[0-9a-f]{12}-[0-9a-f]{8}");
    assertThat(read.origin())
        .isEqualTo(new DeadLetter.Origin("fanout", "changes", 3, 41, 1_795_000_000_123L));
    assertThat(read.fault())
        .isEqualTo(
            new DeadLetter.Fault(
                5,
                "java.lang.IllegalStateException",
                "outer, caused by java.lang.IllegalArgumentException: inner",
                99,
                "node-1",
                LETTER.fault().stack()));
    assertThat(read.fault().stack()).contains("DeadLetterTest.letter").contains("Caused by: ");
    assertThat(read.record().key()).isEqualTo("room");
    assertThat(read.record().headers()).isEqualTo(LETTER.record().headers());
    assertThat(read.replayOf()).isNull();
  }

  @Test
  void aRecordThatIsPutAsideTwiceIsOneLetterAndItsNeighbourAnother() {
    assertThat(letter(41, record("room", "{}")).id()).isEqualTo(LETTER.id());
    assertThat(letter(42, record("room", "{}")).id()).isNotEqualTo(LETTER.id());
    assertThat(letter(41, record("room", "{ }")).id()).isNotEqualTo(LETTER.id());
    assertThat(letter(41, record(null, "{}")).id()).isNotEqualTo(LETTER.id());
  }

  @Test
  void aReplayIsTheRecordAsItWasAndSaysSo() {
    StreamRecord replayed = LETTER.replay("ada", 7);

    assertThat(replayed.key()).isEqualTo("room");
    assertThat(replayed.value()).isEqualTo(LETTER.record().value());
    assertThat(text(replayed, "changeSeq")).isEqualTo("9");
    assertThat(text(replayed, "replay.of")).isEqualTo(LETTER.id());
    assertThat(text(replayed, "replay.by")).isEqualTo("ada");
    assertThat(text(replayed, "replay.at")).isEqualTo("7");
    assertThat(text(replayed, "replay.for")).isEqualTo("fanout");

    DeadLetter again = DeadLetter.decode(letter(77, replayed).encode());
    assertThat(again.replayOf()).isEqualTo(LETTER.id());
    assertThat(text(again.replay("ben", 8), "replay.of")).isEqualTo(again.id());
  }

  @Test
  void aReplayIsForTheGroupThatFailedAndEverythingElseForAll() {
    StreamRecord replayed = LETTER.replay("ada", 7);

    assertThat(DeadLetter.isReplay(replayed)).isTrue();
    assertThat(DeadLetter.isFor(replayed, "fanout")).isTrue();
    assertThat(DeadLetter.isFor(replayed, "inbox")).isFalse();
    assertThat(DeadLetter.isReplay(LETTER.record())).isFalse();
    assertThat(DeadLetter.isFor(LETTER.record(), "inbox")).isTrue();
  }

  @Test
  void aDecisionIsToldFromALetterAndComesBackAsItWas() {
    LetterDecision made =
        new LetterDecision(LETTER.id(), LetterDecision.Kind.DISCARDED, "ada", 7, "t1");

    assertThat(LetterDecision.isDecision(made.encode())).isTrue();
    assertThat(LetterDecision.decode(made.encode())).contains(made);
    assertThat(LetterDecision.isDecision(LETTER.encode())).isFalse();
  }

  @Test
  void aRecordThatLooksLikeADecisionIsALetterOnceItIsPutAside() {
    StreamRecord odd =
        new LetterDecision("x", LetterDecision.Kind.REPLAYED, "eve", 7, "t1").encode();

    assertThat(LetterDecision.isDecision(letter(43, odd).encode())).isFalse();
  }

  @Test
  void aDecisionOfANewerVersionIsNoLetterAndDecidesNothingHere() {
    Map<String, byte[]> headers =
        Map.of("decision.of", bytes(LETTER.id()), "decision.kind", bytes("postponed"));
    StreamRecord newer = new StreamRecord("x", new byte[0], headers);

    assertThat(LetterDecision.isDecision(newer)).isTrue();
    assertThat(LetterDecision.decode(newer)).isEmpty();
  }

  @Test
  void aLetterOfAStrangerIsReadAsFarAsItGoes() {
    DeadLetter strange = DeadLetter.decode(new StreamRecord(null, null, Map.of("x", bytes("y"))));

    assertThat(strange.origin().partition()).isEqualTo(-1);
    assertThat(strange.fault().message()).isEmpty();
    assertThat(DeadLetter.decode(strange.encode()).id()).isEqualTo(strange.id());
    assertThat(strange.replay("ada", 1).value()).isEmpty();
  }

  @Test
  void aCauseIsCutToItsBound() {
    Throwable endless = new IllegalStateException("x".repeat(100_000));
    assertThat(DeadLetter.Fault.of(endless, 1, 1, "n").message()).hasSize(DeadLetter.MAX_MESSAGE);
    assertThat(DeadLetter.Fault.of(endless, 1, 1, "n").stack())
        .hasSizeLessThanOrEqualTo(DeadLetter.MAX_STACK)
        .contains("DeadLetterTest");
  }

  private static DeadLetter letter(long offset, StreamRecord record) {
    Throwable cause = new IllegalStateException("outer", new IllegalArgumentException("inner"));
    return DeadLetter.of(
        new Batch.Entry(new TopicPartition("changes", 3), offset, 1_795_000_000_123L, record),
        "fanout",
        DeadLetter.Fault.of(cause, 5, 99, "node-1"));
  }

  private static StreamRecord record(String key, String value) {
    return new StreamRecord(key, bytes(value), Map.of("changeSeq", bytes("9")));
  }

  private static String text(StreamRecord record, String header) {
    return new String(record.headers().get(header), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
