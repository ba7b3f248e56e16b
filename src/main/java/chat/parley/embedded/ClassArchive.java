package chat.parley.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * A class-data archive of one class path: it takes a third off the processor time of a store's
 * start. A matter of speed only, so its failures are ignored, as the JVM ignores an archive that
 * does not fit.
 */
final class ClassArchive {
  private final Path archive;
  private final Path unfinished;

  private ClassArchive(Path archive, Path unfinished) {
    this.archive = archive;
    this.unfinished = unfinished;
  }

  /** The archive of this Java and class path in a folder; its name tells them apart from others. */
  static ClassArchive in(Path folder, Path java, List<Path> classPath) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(java.toRealPath().toString().getBytes(StandardCharsets.UTF_8));
      for (Path jar : classPath) {
        String line =
            jar + " " + Files.size(jar) + " " + Files.getLastModifiedTime(jar).toMillis() + "\n";
        digest.update(line.getBytes(StandardCharsets.UTF_8));
      }
      String key = HexFormat.of().formatHex(digest.digest(), 0, 8);
      Path archive = folder.resolve("classes-" + key + ".jsa");
      return new ClassArchive(
          archive, folder.resolve("classes-" + key + "." + UUID.randomUUID() + ".tmp"));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new EmbeddedStackException("Cannot read the class path: " + e, e);
    }
  }

  boolean exists() {
    return Files.exists(archive);
  }

  /**
   * Options of a store that use the archive or, if there is none yet, list the classes to make it
   * from.
   */
  List<String> useOptions(Path classList) {
    return exists()
        ? List.of(
            "-XX:SharedArchiveFile=" + archive,
            "-Xlog:cds=off",
            "-Xlog:cds+dynamic=off",
            "-Xlog:class+path=off")
        : List.of("-Xlog:class+load=info:file=" + classList + ":none:filecount=0");
  }

  /** Options of the process that makes the archive as it ends. */
  List<String> makeOptions() {
    return List.of(
        "-XX:ArchiveClassesAtExit=" + unfinished, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
  }

  /**
   * Keeps the archive just made, for its process ended well; without this call it is never used.
   */
  void keep() {
    if (!Files.exists(unfinished)) {
      return;
    }
    try {
      Files.move(
          unfinished, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      removeOthers();
    } catch (IOException e) {
      discard();
    }
  }

  /** Drops one that may be half written. */
  void discard() {
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      return; // the next kept archive removes it
    }
  }

  /**
   * Archives of former versions, and half ones of killed processes, would pile up by 60 MB each.
   */
  private void removeOthers() throws IOException {
    try (DirectoryStream<Path> others =
        Files.newDirectoryStream(archive.getParent(), "classes-*")) {
      for (Path other : others) {
        if (!other.equals(archive)) {
          Files.deleteIfExists(other);
        }
      }
    }
  }
}
