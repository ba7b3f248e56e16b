package chat.parley.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The settings files that come with the program, with {@code @NAME@} standing for what is known
 * only at start.
 */
final class Template {
  private Template() {}

  /** The resource's text with every name replaced. A name without a value is a fault of ours. */
  static String fill(String resource, Map<String, Object> values) {
    String text = text(resource);
    for (Map.Entry<String, Object> value : values.entrySet()) {
      text = text.replace("@" + value.getKey() + "@", value.getValue().toString());
    }
    return text;
  }

  static String text(String resource) {
    try (InputStream in = Template.class.getResourceAsStream("/embedded/" + resource)) {
      if (in == null) {
        throw new IllegalStateException("No resource embedded/" + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
