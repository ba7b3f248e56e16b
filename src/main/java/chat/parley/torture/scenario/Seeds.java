package chat.parley.torture.scenario;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Seeds that follow each other.
 *
 * @param count at least one
 */
public record Seeds(long first, int count) {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,18})(?:\\.\\.(\\d{1,18}))?");

  public Seeds {
    if (first < 0 || count < 1) {
      throw new IllegalArgumentException("at least one seed, none of them negative");
    }
  }

  /**
   * Reads {@code 4711} or {@code 4711..4730}.
   *
   * @throws IllegalArgumentException for anything else, and for a range that runs backwards
   */
  public static Seeds parse(String text) {
    Matcher range = RANGE.matcher(text);
    if (!range.matches()) {
      throw new IllegalArgumentException("a seed is a number, or two with .. between: " + text);
    }
    long first = Long.parseLong(range.group(1));
    long last = range.group(2) == null ? first : Long.parseLong(range.group(2));
    return new Seeds(first, Math.toIntExact(last - first + 1));
  }

  LongStream each() {
    return LongStream.range(first, first + count);
  }

  @Override
  public String toString() {
    return count == 1 ? Long.toString(first) : first + ".." + (first + count - 1);
  }
}
