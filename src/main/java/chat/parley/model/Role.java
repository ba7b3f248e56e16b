package chat.parley.model;

import java.util.Locale;

/** What a member is in a conversation, the highest first; what each may do says {@link Right}. */
public enum Role {
  OWNER,
  ADMIN,
  MEMBER,
  READONLY;

  /** The word that clients see. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether members of this role may do it. */
  public boolean may(Right right) {
    return right.isOf(this);
  }

  /** Whether this role ranks higher: nobody gives, takes or removes a role above their own. */
  public boolean isAbove(Role other) {
    return ordinal() < other.ordinal();
  }
}
