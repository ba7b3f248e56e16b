package chat.parley.letters;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.StreamRecord;
import chat.parley.kafka.LetterDecision;
import chat.parley.kafka.LetterDecision.Kind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LetterBookTest {
  private final LetterBook book = new LetterBook();
  private int offset;

  @Test
  void aLetterIsOpenUntilSomebodyDecidesAndTheFirstDecisionCounts() {
    letter("a");
    letter("b");
    decide("a", Kind.REPLAYED, "ada");
    decide("a", Kind.DISCARDED, "bob");

    assertThat(ids(book.list(null, false))).containsExactly("b");
    assertThat(ids(book.list(null, true))).containsExactly("a", "b");
    assertThat(book.find("a").orElseThrow().decision().orElseThrow().by()).isEqualTo("ada");
    assertThat(book.find("a").orElseThrow().state()).isEqualTo("replayed");
    assertThat(book.find("b").orElseThrow().state()).isEqualTo("open");
    assertThat(book.find("c")).isEmpty();
  }

  @Test
  void whatWasPutAsideTwiceIsOneLetterAlsoAfterADecision() {
    letter("a");
    letter("a");
    decide("a", Kind.REPLAYED, "ada");
    letter("a");

    assertThat(ids(book.list(null, true))).containsExactly("a");
    assertThat(book.list(null, false)).contains(List.of());
  }

  @Test
  void aPageGoesOnBehindALetterThatHasBeenDecidedSince() {
    letter("a");
    letter("b");
    letter("c");
    decide("b", Kind.DISCARDED, "ada");

    assertThat(ids(book.list("b", false))).containsExactly("c");
    assertThat(book.list("c", false)).contains(List.of());
    assertThat(book.list("nobody", false)).isEmpty();
  }

  @Test
  void lettersGoWithTheirPlaceInTheTopic() {
    letter("a");
    letter("b");
    decide("a", Kind.DISCARDED, "ada");
    book.expire("0@0"::equals);

    assertThat(ids(book.list(null, true))).containsExactly("b");
    assertThat(book.decidedByGroup(Kind.DISCARDED)).isEmpty();
  }

  @Test
  void aLineSaysWhatTheRecordSaysAndNeverWhatMembersWrote() {
    letter("a");

    assertThat(book.find("a").orElseThrow().json().encode())
        .isEqualTo(
            "{\"id\":\"a\",\"state\":\"open\",\"group\":\"fanout\",\"at\":\"1970-01-01T00:00:00.007Z\","
                + "\"conversationId\":\"room\",\"changeSeq\":9,\"cause\":\"Bad: no such role\"}");
  }

  @Test
  void theMetersFollowTheBookAndDoNotCountWhatWasDecidedBefore() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    LetterMeters meters = new LetterMeters(registry);
    letter("a");
    letter("b");
    letter("c");
    decide("a", Kind.REPLAYED, "ada");
    meters.show(book);
    decide("b", Kind.REPLAYED, "ada");
    meters.show(book);

    assertThat(registry.get("parley.dead.letters.open").tag("group", "fanout").gauge().value())
        .isEqualTo(1);
    assertThat(registry.get("parley.dead.letters.replayed").counter().count()).isEqualTo(1);
  }

  private void letter(String id) {
    take(
        Map.of(
            "dead.id", id,
            "dead.group", "fanout",
            "dead.at", "7",
            "dead.error", "org.Bad",
            "dead.message", "no\n such role",
            "changeSeq", "9"),
        "{\"body\":\"private\"}");
  }

  private void take(Map<String, String> headers, String value) {
    Map<String, byte[]> bytes =
        headers.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> utf8(entry.getValue())));
    book.take("0@" + offset++, new StreamRecord("room", utf8(value), bytes));
  }

  private void decide(String id, Kind kind, String by) {
    book.take("0@" + offset++, new LetterDecision(id, kind, by, 8, "t" + offset).encode());
  }

  private static List<String> ids(Optional<List<Letter>> letters) {
    return letters.orElseThrow().stream().map(Letter::id).toList();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
