package chat.parley.client;

/** What a WebSocket close code tells a client to do. */
enum CloseAction {
  /** Come back with the cursors. */
  RECONNECT,
  /** Renew the token first, then come back. */
  RENEW,
  /** Do not come back. */
  STOP;

  static CloseAction of(int code) {
    if (code >= 4100 && code < 4200) {
      return RENEW;
    }
    if (code >= 4200 && code < 4300) {
      return STOP;
    }
    return RECONNECT;
  }
}
