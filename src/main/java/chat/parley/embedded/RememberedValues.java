package chat.parley.embedded;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * A few values kept from one start to the next in a properties file; every change is on disk when
 * its call returns.
 */
final class RememberedValues {
  private final Path file;
  private final Properties values = new Properties();

  RememberedValues(Path file) {
    this.file = file;
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        values.load(reader);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file, e);
      }
    }
  }

  Optional<String> get(String key) {
    return Optional.ofNullable(values.getProperty(key));
  }

  /** A number, or empty if there is none or a hand has spoiled it. */
  Optional<Long> number(String key) {
    return get(key).filter(text -> text.matches("\\d{1,18}")).map(Long::valueOf);
  }

  void put(String key, String value) {
    if (!value.equals(values.setProperty(key, value))) {
      save();
    }
  }

  void remove(String key) {
    if (values.remove(key) != null) {
      save();
    }
  }

  private void save() {
    StringWriter text = new StringWriter();
    try {
      values.store(text, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    DataFolder.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
