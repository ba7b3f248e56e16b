package chat.parley.limit;

import java.util.Locale;

/** What is counted. */
public enum Kind {
  /** Messages, edits, deletes and reactions, each one. */
  MESSAGES("messages"),
  /** The bytes of their bodies. */
  BYTES("bytes of messages"),
  /** Sockets that are opened, and renewals of tokens. */
  CONNECTIONS("connections"),
  /** Attempts to sign in or up; of a user: of a handle, whether there is one or not. */
  SIGN_INS("attempts to sign in"),
  /** Pages of history, changes, inbox, members and search. */
  PAGES("pages"),
  /** Messages that call {@code @channel}. */
  CHANNEL_CALLS("calls of @channel"),
  /** Refused messages that are looked for all the same, since they may be stored already. */
  RETRIES("repeated messages"),
  /** Messages of one member of a conversation in slow mode, which is a setting of its own. */
  SLOW_MODE("messages");

  private final String many;

  Kind(String many) {
    this.many = many;
  }

  /** What there are too many of, in words. */
  String many() {
    return many;
  }

  /** The word in settings; with an underscore in metrics. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
