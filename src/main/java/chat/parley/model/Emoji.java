package chat.parley.model;

import java.util.regex.Pattern;

/**
 * What counts as one emoji: a pictograph, with its variation, skin tone or tags, several of them
 * joined (a family), a flag or a keycap, as Unicode Technical Standard 51 (section 1.4) builds
 * them. Which characters are pictographs is what the Java that runs this knows of Unicode.
 */
public final class Emoji {
  /** The longest that is taken, in code points; a family of four with skin tones has eleven. */
  public static final int MAX_CODE_POINTS = 16;

  private static final int JOINER = 0x200D;
  private static final int AS_EMOJI = 0xFE0F;
  private static final int KEYCAP = 0x20E3;
  private static final int LAST_TAG = 0xE007F;

  private static final Pattern ONE_CLUSTER = Pattern.compile("\\X");

  private final int[] points;
  private int at;

  private Emoji(String text) {
    this.points = text.codePoints().toArray();
  }

  /** Whether the text is one emoji and nothing else. */
  public static boolean isOne(String text) {
    // Two chars a code point at most: what is longer need not be taken apart.
    if (text.isEmpty() || text.length() > 2 * MAX_CODE_POINTS) {
      return false;
    }
    Emoji emoji = new Emoji(text);
    return emoji.points.length <= MAX_CODE_POINTS && emoji.isSequence();
  }

  private boolean isSequence() {
    if (isFlag() || isKeycap()) {
      return at == points.length;
    }
    while (isElement()) {
      if (at == points.length) {
        return true;
      }
      if (!takes(JOINER)) {
        return false;
      }
    }
    return false;
  }

  private boolean isFlag() {
    if (points.length != 2 || !isRegional(points[0]) || !isRegional(points[1])) {
      return false;
    }
    at = 2;
    return true;
  }

  private boolean isKeycap() {
    if (points.length < 2 || "0123456789#*".indexOf(points[0]) < 0) {
      return false;
    }
    at = 1;
    takes(AS_EMOJI);
    return takes(KEYCAP);
  }

  private boolean isElement() {
    if (at == points.length || !isPictograph(points[at])) {
      return false;
    }
    at++;
    if (at < points.length && isSkinTone(points[at])) {
      at++;
      return true;
    }
    takes(AS_EMOJI);
    return takesTags();
  }

  /** Letters of a flag such as Scotland's, closed by a last tag; none is right too. */
  private boolean takesTags() {
    int start = at;
    while (at < points.length && isTag(points[at])) {
      at++;
    }
    return at == start || takes(LAST_TAG);
  }

  private boolean takes(int point) {
    if (at < points.length && points[at] == point) {
      at++;
      return true;
    }
    return false;
  }

  private static boolean isRegional(int point) {
    return point >= 0x1F1E6 && point <= 0x1F1FF;
  }

  private static boolean isSkinTone(int point) {
    return point >= 0x1F3FB && point <= 0x1F3FF;
  }

  private static boolean isTag(int point) {
    return point >= 0xE0020 && point < LAST_TAG;
  }

  /**
   * Two characters with a joiner between them are one cluster for a reader only if both are
   * pictographs (Unicode Standard Annex 29, rule GB11), or marks that cling to whatever they
   * follow: the one way to ask Java 17 for the property.
   */
  private static boolean isPictograph(int point) {
    return isCluster(point, JOINER, point) && !isCluster('a', point);
  }

  private static boolean isCluster(int... points) {
    return ONE_CLUSTER.matcher(new String(points, 0, points.length)).matches();
  }
}
