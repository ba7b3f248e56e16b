package chat.parley.embedded;

import chat.parley.embedded.child.ArchiveChild;
import chat.parley.embedded.child.CassandraChild;
import chat.parley.embedded.child.KafkaChild;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A jar with our child main classes and nothing else. parley.jar itself would bring its own
 * libraries and logging settings onto the child's class path; a folder of classes cannot be in a
 * class-data archive.
 */
final class LauncherJar {
  static final String ARCHIVE_MAIN = ArchiveChild.class.getName();
  static final String CASSANDRA_MAIN = CassandraChild.class.getName();
  static final String KAFKA_MAIN = KafkaChild.class.getName();
  private static final FileTime FIXED = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  private LauncherJar() {}

  /**
   * Makes the jar in the folder, or leaves it alone, times included, when it is there with this
   * content.
   */
  static Path in(Path folder) {
    Path file = folder.resolve("launcher.jar");
    byte[] content = content();
    try {
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
        DataFolder.write(file, content);
        Files.setLastModifiedTime(file, FIXED);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  private static byte[] content() {
    String watch = CassandraChild.class.getPackageName() + ".ParentWatch";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
      for (String name : List.of(ARCHIVE_MAIN, CASSANDRA_MAIN, KAFKA_MAIN, watch)) {
        String path = name.replace('.', '/') + ".class";
        ZipEntry entry = new ZipEntry(path);
        entry.setLastModifiedTime(FIXED);
        jar.putNextEntry(entry);
        try (InputStream code = LauncherJar.class.getResourceAsStream("/" + path)) {
          code.transferTo(jar);
        }
        jar.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
