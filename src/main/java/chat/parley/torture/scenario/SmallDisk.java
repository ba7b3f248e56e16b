package chat.parley.torture.scenario;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file system of its own, small enough to be filled up. It is there as long as this is open, and
 * goes within a minute of this process's end, however that ends: a {@code sh} holds it, and lets go
 * when nobody holds the other end of its pipe. Its content is in memory, so it outlives processes,
 * and not the machine.
 */
final class SmallDisk implements AutoCloseable {
  /** Its files may still be open when this process has been killed. */
  private static final String HOLD =
      """
      trap '' INT HUP TERM
      mount -t tmpfs -o size="$1",mode=0700 parley-torture "$0" || exit 1
      echo mounted
      cat >/dev/null
      tries=60
      until umount "$0" 2>/dev/null || [ $tries -eq 0 ]; do tries=$((tries - 1)); sleep 1; done
      """;

  private static final int CHUNK_BYTES = 1 << 20;

  private final Path folder;
  private final Process holder;

  private SmallDisk(Path folder, Process holder) {
    this.folder = folder;
    this.holder = holder;
  }

  /**
   * Mounts one.
   *
   * @param folder made if absent
   * @throws TortureException where this machine does not allow it
   */
  static SmallDisk mount(Path folder, int mebibytes) {
    try {
      Files.createDirectories(folder);
      Process holder =
          new ProcessBuilder("sh", "-c", HOLD, folder.toString(), mebibytes + "m")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (holder.getInputStream().read() < 0) {
        throw new TortureException("no small disk can be mounted at " + folder);
      }
      return new SmallDisk(folder, holder);
    } catch (IOException e) {
      throw new TortureException("no small disk at " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Where it is. */
  Path folder() {
    return folder;
  }

  /**
   * Takes all the space that is left, also what others have given back since the last call. What
   * others give back while it does may be left; {@link #isFull} says so.
   */
  void fill() {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    try (FileChannel file =
        FileChannel.open(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        chunk.clear();
        file.write(chunk);
      }
    } catch (IOException full) {
      return; // which is what is wanted; whether it is for want of space is not to be told here
    }
  }

  /** Whether nothing more can be written. */
  boolean isFull() {
    try {
      return Files.getFileStore(folder).getUsableSpace() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives the space back that {@link #fill} took. */
  void free() {
    try {
      Files.deleteIfExists(filler());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  /** Unmounts it, with all that is on it, once nobody has a file open there. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try (OutputStream leash = holder.getOutputStream()) {
      leash.flush();
    } catch (IOException gone) {
      holder.destroy();
    }
    try {
      holder.waitFor();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
