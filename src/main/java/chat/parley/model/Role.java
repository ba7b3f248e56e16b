package chat.parley.model;

import java.util.Locale;

/** What a member may do in a conversation. */
public enum Role {
  OWNER,
  ADMIN,
  MEMBER,
  READONLY;

  /** The word that clients see. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether this role may send messages. */
  public boolean maySend() {
    return this != READONLY;
  }

  /** Whether this role may add and remove other members and change the title. */
  public boolean mayManage() {
    return this == OWNER || this == ADMIN;
  }
}
