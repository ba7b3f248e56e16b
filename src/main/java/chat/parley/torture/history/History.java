package chat.parley.torture.history;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A history as it is written: events in the order in which they were added, each stamped when it
 * was. Safe from any thread. A line that has been written stays where the run dies, but for those
 * of the last buffer.
 */
public final class History implements AutoCloseable {
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
  private static final ObjectWriter LINES = JSON.writerFor(Event.class);
  private static final ObjectReader EVENTS = JSON.readerFor(Event.class);
  private static final int BUFFER_CHARS = 1 << 16;

  private final BufferedWriter out;
  private final long beganAt;
  private long events;

  private History(BufferedWriter out, long beganAt) {
    this.out = out;
    this.beganAt = beganAt;
  }

  /**
   * Begins a history in a new file.
   *
   * @throws UncheckedIOException where there is one already or it cannot be written
   */
  public static History begin(Path file) {
    try {
      BufferedWriter out =
          new BufferedWriter(
              Files.newBufferedWriter(
                  file,
                  StandardCharsets.UTF_8,
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.WRITE),
              BUFFER_CHARS);
      return new History(out, System.nanoTime());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nanoseconds since the beginning. */
  public long nanos() {
    return System.nanoTime() - beganAt;
  }

  /**
   * Writes an event down. The order of events is the order of these calls, and so is that of their
   * times.
   *
   * @throws UncheckedIOException where the file cannot be written: the run's evidence is incomplete
   */
  public synchronized Event add(Event.Draft draft) {
    Event event = draft.when(nanos(), System.currentTimeMillis());
    try {
      LINES.writeValue(out, event);
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    events++;
    return event;
  }

  /** How many events there are. */
  public synchronized long size() {
    return events;
  }

  /** Writes what is buffered, so that a reader of the file sees it. */
  public synchronized void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the file. */
  @Override
  public synchronized void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Shows every event of a history, in its order.
   *
   * @throws UncheckedIOException where the file cannot be read or holds something else
   */
  public static void read(Path file, Consumer<Event> visitor) {
    try (MappingIterator<Event> events = EVENTS.readValues(file.toFile())) {
      while (events.hasNextValue()) {
        visitor.accept(events.nextValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
