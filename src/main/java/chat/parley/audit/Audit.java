package chat.parley.audit;

import io.vertx.core.Future;

/** Where security acts are written down. */
public interface Audit {
  /** Lines of the program's log alone, for where there is no store. */
  static Audit inLogOnly() {
    return event -> {
      AuditLines.write(event);
      return Future.succeededFuture();
    };
  }

  /**
   * Writes it down: as a line of the log at once, and in the store by the time this completes. A
   * failure says that it is not known to be stored yet, not that it will not be: who did the act
   * has done it, so callers go on.
   */
  Future<Void> record(AuditEvent event);
}
