package chat.parley.embedded;

/**
 * Hears, line by line, what a start is doing; called on the starting thread, so it must be quick.
 */
@FunctionalInterface
public interface Progress {
  /** Takes one line for a person, such as {@code Kafka: ready on 127.0.0.1:9092 (6 s)}. */
  void line(String text);

  /** A progress that nobody watches. */
  static Progress silent() {
    return text -> {};
  }
}
