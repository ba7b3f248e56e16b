package chat.parley.embedded;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where the build laid out the stores' libraries: the folder that the system property {@value
 * #PROPERTY} names, else {@code stack} beside parley.jar or, in a build tree, beside {@code
 * target/classes}.
 */
record StackLayout(Path directory) {
  static final String PROPERTY = "parley.stack";

  static StackLayout ofThisProgram() {
    String named = System.getProperty(PROPERTY);
    return new StackLayout(
        named == null || named.isBlank() ? besideOurCode() : Path.of(named).toAbsolutePath());
  }

  private static Path besideOurCode() {
    try {
      Path code =
          Path.of(StackLayout.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return code.resolveSibling("stack");
    } catch (URISyntaxException e) {
      throw new EmbeddedStackException("Cannot tell where this program lies; set -D" + PROPERTY, e);
    }
  }

  /**
   * The jars of one store, always in the same order: a class-data archive holds only for the order
   * it was made with.
   *
   * @throws EmbeddedStackException when they are not there
   */
  List<Path> libraries(String store) {
    Path folder = directory.resolve(store).resolve("lib");
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.jar")) {
      entries.forEach(jars::add);
    } catch (IOException e) {
      throw missing(store, folder, e);
    }
    if (jars.isEmpty()) {
      throw missing(store, folder, null);
    }
    Collections.sort(jars);
    return jars;
  }

  /**
   * A folder to keep what can be made again: beside the libraries, so that all data folders share
   * it, if we may.
   */
  Path cache(String store, Path otherwise) {
    Path shared = directory.resolve(store);
    return Files.isWritable(shared) ? shared : otherwise;
  }

  private static EmbeddedStackException missing(String store, Path folder, IOException cause) {
    return new EmbeddedStackException(
        "The libraries of the embedded "
            + store
            + " are not in "
            + folder
            + ". Build them with ./mvnw process-classes, name their folder with -D"
            + PROPERTY
            + "=DIRECTORY, or use external stores (cassandra.contact-points, kafka.bootstrap-servers).",
        cause);
  }
}
