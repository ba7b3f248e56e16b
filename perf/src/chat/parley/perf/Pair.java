package chat.parley.perf;

import chat.parley.client.ChatClient;

/** Two connected users and their conversation. */
record Pair(String conversationId, ChatClient first, ChatClient second) {
  /** Who speaks in this turn: they take turns. */
  ChatClient speaker(int turn) {
    return (turn & 1) == 0 ? first : second;
  }
}
