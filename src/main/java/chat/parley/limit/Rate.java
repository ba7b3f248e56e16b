package chat.parley.limit;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So many at once, and then so many in a time: {@code 60 + 5/s}, with {@code s}, {@code m} or
 * {@code h} for second, minute and hour.
 *
 * @param burst how many at once; also the most that is saved up
 * @param tokens how many come back in {@code per}, evenly
 */
public record Rate(long burst, long tokens, Duration per) {
  private static final Pattern FORM =
      Pattern.compile("([1-9]\\d{0,11}) *\\+ *([1-9]\\d{0,8}) */ *([smh])");
  private static final Map<String, Duration> UNITS =
      Map.of("s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1));

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException where the text is none
   */
  public static Rate parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no rate such as '60 + 5/s'");
    }
    return new Rate(
        Long.parseLong(form.group(1)), Long.parseLong(form.group(2)), UNITS.get(form.group(3)));
  }

  /**
   * What one of so many nodes gives without asking: all of it where it is alone, else so little
   * that all nodes together give half. Empty where that is less than one.
   */
  Optional<Rate> share(int nodes) {
    if (nodes <= 1) {
      return Optional.of(this);
    }
    long part = burst / (2L * nodes);
    return part < 1
        ? Optional.empty()
        : Optional.of(new Rate(part, tokens, per.multipliedBy(2L * nodes)));
  }

  /** How long so many take to come back, in nanoseconds. */
  long nanosFor(long amount) {
    return (long) Math.ceil((double) amount * per.toNanos() / tokens);
  }

  /** As it is written in settings. */
  @Override
  public String toString() {
    String unit = per.toHours() >= 1 ? "h" : per.toMinutes() >= 1 ? "m" : "s";
    return burst + " + " + tokens + "/" + unit;
  }
}
