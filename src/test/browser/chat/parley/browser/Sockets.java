package chat.parley.browser;

import com.microsoft.playwright.Page;

/** Counts the sockets that tabs open to the server. */
final class Sockets {
  private int opened;

  /** From now on also those of this tab. */
  void count(Page tab) {
    tab.onWebSocket(socket -> opened++);
  }

  int opened() {
    return opened;
  }
}
