package chat.parley.torture.check;

import chat.parley.torture.history.Event;

/** One logical send: a clientMsgId counts in its conversation, for its device. */
record SendKey(String conversation, String user, String device, String clientMsgId) {
  static SendKey of(Event event) {
    return new SendKey(event.conversation(), event.user(), event.device(), event.clientMsgId());
  }

  @Override
  public String toString() {
    return clientMsgId + " of " + user + "/" + device + " in " + conversation;
  }
}
