package chat.parley;

import java.io.UncheckedIOException;

/** Faults of files and folders in words, for commands that end because of one. */
final class IoFaults {
  private IoFaults() {}

  /** What was tried, where that is known, and the system's reason. */
  static String said(UncheckedIOException fault) {
    String cause = fault.getCause().toString();
    return cause.equals(fault.getMessage()) ? cause : fault.getMessage() + ": " + cause;
  }
}
