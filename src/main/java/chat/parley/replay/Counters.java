package chat.parley.replay;

/** What the run counts while it goes on; on the group's loop only. */
final class Counters {
  long sent;
  long acked;
  long refused;
  long delivered;
  long synced;
  long repeated;
  long resent;
  long reconnects;
  long failedCalls;
  String firstFailure;

  void failed(String what, Throwable cause) {
    if (firstFailure == null) {
      firstFailure = what + ": " + cause.getMessage();
    }
  }
}
