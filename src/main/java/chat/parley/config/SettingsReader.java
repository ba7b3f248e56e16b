package chat.parley.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads typed values by key, gathers every fault, and at the end refuses keys that nobody asked
 * for: a misspelt setting stops the start instead of being ignored.
 */
public final class SettingsReader {
  private final SettingsSource source;
  private final Map<String, String> asked = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();

  public SettingsReader(SettingsSource source) {
    this.source = source;
  }

  /** A text; null may be the default. */
  public String text(String key, String fallback) {
    return read(key, fallback, value -> value);
  }

  /**
   * A text in a form of its own; {@code check} throws IllegalArgumentException where it is none.
   */
  public String text(String key, String fallback, Consumer<String> check) {
    return read(
        key,
        fallback,
        value -> {
          check.accept(value);
          return value;
        });
  }

  /** A whole number from {@code min} on. */
  public int integer(String key, int fallback, int min) {
    return (int) number(key, fallback, min, Integer.MAX_VALUE);
  }

  /** A whole number from {@code min} on. */
  public long number(String key, long fallback, long min) {
    return number(key, fallback, min, Long.MAX_VALUE);
  }

  /** A port, or 0 for a free one. */
  public int port(String key, int fallback) {
    return (int) number(key, fallback, 0, 65_535);
  }

  /** {@code true} or {@code false}, in any case. */
  public boolean flag(String key, boolean fallback) {
    return read(
        key,
        fallback,
        value ->
            switch (value.toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("must be true or false");
            });
  }

  /** A path; empty where it is not said. */
  public Optional<Path> path(String key) {
    return Optional.ofNullable(read(key, null, Path::of));
  }

  /** A list: in YAML a sequence, elsewhere separated by commas. */
  public List<String> list(String key, List<String> fallback) {
    return read(
        key,
        fallback,
        value ->
            Stream.of(value.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList());
  }

  /** A list of {@code host:port}. */
  public List<String> addresses(String key, List<String> fallback) {
    List<String> addresses = list(key, fallback);
    addresses.stream()
        .filter(address -> !address.matches("[^:\\s]+:\\d{1,5}"))
        .forEach(address -> fault(key, "'" + address + "' is not host:port"));
    return addresses;
  }

  /** Says that the value of a key cannot be used. */
  public void fault(String key, String what) {
    faults.add(key + ": " + what);
  }

  /** Every key that was asked for, with its default as text. */
  public Map<String, String> keys() {
    return Map.copyOf(asked);
  }

  /** Throws {@link SettingsException} with all faults and all unknown keys, if there are any. */
  public void done() {
    faults.addAll(source.unknown(asked.keySet()));
    if (!faults.isEmpty()) {
      throw new SettingsException(faults);
    }
  }

  private long number(String key, long fallback, long min, long max) {
    return read(
        key,
        fallback,
        value -> {
          long number;
          try {
            number = Long.parseLong(value.strip());
          } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException("'" + value + "' is not a whole number");
          }
          if (number < min || number > max) {
            throw new IllegalArgumentException(number + " is out of range: " + min + " to " + max);
          }
          return number;
        });
  }

  private <T> T read(String key, T fallback, Function<String, T> parse) {
    asked.put(key, fallback == null ? "" : String.valueOf(fallback));
    String value = source.value(key);
    if (value == null || value.isBlank()) {
      return fallback;
    }
    try {
      return parse.apply(value);
    } catch (IllegalArgumentException bad) {
      fault(key, bad.getMessage());
      return fallback;
    }
  }
}
