package chat.parley.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmojiTest {
  private static final String JOINER = "\u200D";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "👍",
        "👍🏽",
        "❤️",
        "❤",
        "☺️",
        "©️",
        "🇩🇪",
        "1️⃣",
        "#⃣",
        "👨" + JOINER + "👩" + JOINER + "👧" + JOINER + "👦",
        "🧑🏿" + JOINER + "🤝" + JOINER + "🧑🏻",
        "🏳️" + JOINER + "🌈",
        "🤷🏾" + JOINER + "♀️",
        "🏴\uDB40\uDC67\uDB40\uDC62\uDB40\uDC73\uDB40\uDC63\uDB40\uDC74\uDB40\uDC7F",
        "🫠"
      })
  void isOne(String emoji) {
    assertThat(Emoji.isOne(emoji)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a",
        "1",
        "#",
        "ok",
        ":)",
        "é",
        "漢",
        "👍👍",
        "👍 ",
        "👍a",
        "a👍",
        "<b>",
        "\"",
        "\u200D",
        "\uFE0F",
        "👍" + JOINER,
        JOINER + "👍",
        "👍" + JOINER + "a",
        "🇩",
        "🇩🇪🇫",
        "1️",
        "👍🏽🏽",
        "🏽",
        "\uD83D",
        "🏴\uDB40\uDC67\uDB40\uDC62",
        "👍\u0301\u0301\u0301\u0301"
      })
  void isNone(String text) {
    assertThat(Emoji.isOne(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 40, 100_000})
  void whatIsTooLongIsNoneHoweverWellJoined(int times) {
    assertThat(Emoji.isOne("👍" + (JOINER + "👍").repeat(times))).isFalse();
  }
}
