package chat.parley.audit;

/** What the audit log remembers. Words are for ever: whoever reads it counts on them. */
public enum AuditAction {
  /** The first line of a chain: it names the others that this node knew of. */
  CHAIN_OPENED("chain.opened"),
  ACCOUNT_CREATED("account.created"),
  /** Somebody signed in; {@code as} says how they called themselves. */
  SESSION_CREATED("session.created"),
  /** Somebody could not sign in. */
  SESSION_REFUSED("session.refused"),
  /** A device signed itself out. */
  SESSION_ENDED("session.ended"),
  /** A refresh token was used twice: one of its two users had stolen it, and both are out. */
  SESSION_REPLAYED("session.replayed"),
  /** A user signed one of their devices out. */
  DEVICE_REMOVED("device.removed"),
  /** Somebody gave themselves another password; their other devices are out. */
  PASSWORD_CHANGED("password.changed"),
  /** Somebody who was signed in named a wrong password as theirs. */
  PASSWORD_REFUSED("password.refused"),
  /** An admin gave somebody another password; all their devices are out. */
  PASSWORD_RESET("password.reset"),
  /** An admin signed somebody out everywhere. */
  USER_SIGNED_OUT("user.signed-out"),
  USER_SUSPENDED("user.suspended"),
  USER_RESTORED("user.restored"),
  MEMBER_ADDED("member.added"),
  MEMBER_REMOVED("member.removed"),
  MEMBER_ROLE("member.role"),
  CONVERSATION_SETTINGS("conversation.settings"),
  DEAD_LETTER_REPLAYED("dead-letter.replay"),
  DEAD_LETTER_DISCARDED("dead-letter.discard");

  private final String word;

  AuditAction(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}
