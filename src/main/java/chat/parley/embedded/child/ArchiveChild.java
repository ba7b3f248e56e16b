package chat.parley.embedded.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The main class of a short process that makes a class-data archive: it loads the classes that a
 * store was seen to load, and the JVM, told to by an option, archives them as it ends.
 */
public final class ArchiveChild {
  private ArchiveChild() {}

  /**
   * Loads what it can and ends.
   *
   * @param arguments a file as {@code -Xlog:class+load} writes it
   * @throws IOException when the file cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    ParentWatch.begin();
    ClassLoader loader = ArchiveChild.class.getClassLoader();
    try (BufferedReader lines = Files.newBufferedReader(Path.of(arguments[0]))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int end = line.indexOf(" source: ");
        if (end > 0) {
          load(line.substring(0, end), loader);
        }
      }
    }
    System.exit(0);
  }

  /** Hidden and generated classes have no name to load them by; the archive does without. */
  private static void load(String name, ClassLoader loader) {
    try {
      Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      return;
    }
  }
}
