package chat.parley.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The data folder, held by one server at a time; the operating system lets go of it when the
 * process dies.
 */
public final class DataFolder implements AutoCloseable {
  /** Far behind the text, so that the holder's process id can be read by others on every system. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private final Path directory;
  private final FileChannel channel;

  private DataFolder(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Makes the folder if need be and takes its lock.
   *
   * @throws EmbeddedStackException when another server holds it, or it cannot be written
   */
  public static DataFolder hold(Path directory) {
    Path file = directory.resolve("parley.lock");
    try {
      Files.createDirectories(directory.resolve("logs"));
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!lock(channel)) {
        String holder = text(channel);
        channel.close();
        throw new EmbeddedStackException(
            "The data folder "
                + directory
                + " is in use by another server"
                + (holder.isEmpty() ? "" : " (process " + holder + ")")
                + ". Stop that one, or start this one with another --data-dir.");
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)),
          0);
      return new DataFolder(directory, channel);
    } catch (IOException e) {
      throw new EmbeddedStackException("The data folder " + directory + " cannot be used: " + e, e);
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static String text(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(32);
    channel.read(bytes, 0);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).trim();
  }

  /** The folder itself. */
  public Path directory() {
    return directory;
  }

  /** The folder of one store's settings and data, made if absent. */
  Path embedded(String name) {
    try {
      return Files.createDirectories(embedded().resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path embedded() {
    try {
      return Files.createDirectories(directory.resolve("embedded"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where those who run on the folder write what they log. */
  public Path logs() {
    return directory.resolve("logs");
  }

  /** Replaces a small file whole, so that a crash leaves the old one or the new one. */
  static void write(Path file, byte[] content) {
    try {
      Path next =
          file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".next");
      Files.write(next, content);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  /** Lets go of the folder. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
