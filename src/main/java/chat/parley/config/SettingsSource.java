package chat.parley.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Where values of settings come from, later ones over earlier ones: a YAML file, the environment
 * ({@code PARLEY_HTTP_PORT} for {@code http.port}), the command line. Nested YAML is flattened to
 * keys with dots, and its values are the words that stand there: {@code off}, {@code no} and {@code
 * 012345} too, which YAML 1.1 takes for other things.
 */
public final class SettingsSource {
  /** The start of every variable that is a setting. */
  public static final String VARIABLE_PREFIX = "PARLEY_";

  private final Map<String, String> file = new TreeMap<>();
  private final Map<String, String> environment;
  private final Map<String, String> commandLine;

  private SettingsSource(Map<String, String> environment, Map<String, String> commandLine) {
    this.environment =
        environment.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(VARIABLE_PREFIX))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    this.commandLine = Map.copyOf(commandLine);
  }

  /**
   * Reads the file (null: none). Throws {@link SettingsException} where it is absent or no YAML
   * mapping.
   */
  public static SettingsSource read(
      Path yaml, Map<String, String> environment, Map<String, String> commandLine) {
    SettingsSource source = new SettingsSource(environment, commandLine);
    if (yaml != null) {
      source.load(yaml);
    }
    return source;
  }

  private void load(Path yaml) {
    try (InputStream in = Files.newInputStream(yaml)) {
      Object root = parser().load(in);
      if (root instanceof Map<?, ?> map) {
        flatten("", map);
      } else if (root != null) {
        throw new SettingsException(List.of(yaml + ": must be a mapping of keys to values"));
      }
    } catch (NoSuchFileException absent) {
      throw new SettingsException(List.of(yaml + ": there is no such file"));
    } catch (IOException unreadable) {
      // Its message is often the path alone.
      throw new SettingsException(List.of(yaml + ": cannot be read: " + unreadable));
    } catch (YAMLException malformed) {
      throw new SettingsException(List.of(yaml + ": " + malformed.getMessage()));
    }
  }

  private static Yaml parser() {
    LoaderOptions loading = new LoaderOptions();
    DumperOptions dumping = new DumperOptions();
    return new Yaml(
        new SafeConstructor(loading), new Representer(dumping), dumping, loading, new WordsOnly());
  }

  /** Sees no booleans, numbers and dates in plain words: whoever asks for a key knows its type. */
  private static final class WordsOnly extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.NULL, NULL, "~nN\0");
      addImplicitResolver(Tag.NULL, EMPTY, null);
      addImplicitResolver(Tag.MERGE, MERGE, "<");
    }
  }

  private void flatten(String prefix, Map<?, ?> map) {
    map.forEach(
        (key, value) -> {
          String name = prefix + key;
          if (value instanceof Map<?, ?> nested) {
            flatten(name + ".", nested);
          } else if (value instanceof List<?> list) {
            file.put(name, list.stream().map(String::valueOf).collect(Collectors.joining(",")));
          } else if (value != null) {
            file.put(name, String.valueOf(value));
          }
        });
  }

  /** The value that counts; null where nobody says anything. */
  String value(String key) {
    String named = commandLine.get(key);
    if (named == null) {
      named = environment.get(variable(key));
    }
    return named == null ? file.get(key) : named;
  }

  /** Keys in the file and variables in the environment that nobody asked for. */
  List<String> unknown(Set<String> known) {
    Set<String> variables =
        known.stream().map(SettingsSource::variable).collect(Collectors.toSet());
    List<String> strangers =
        file.keySet().stream()
            .filter(key -> !known.contains(key))
            .map(key -> key + ": there is no such setting")
            .collect(Collectors.toList());
    environment.keySet().stream()
        .filter(name -> !variables.contains(name))
        .map(name -> name + ": there is no such setting")
        .sorted()
        .forEach(strangers::add);
    commandLine.keySet().stream()
        .filter(key -> !known.contains(key))
        .map(key -> key + ": there is no such setting")
        .sorted()
        .forEach(strangers::add);
    return strangers;
  }

  private static String variable(String key) {
    return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
