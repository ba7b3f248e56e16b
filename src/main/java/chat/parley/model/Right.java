package chat.parley.model;

import static chat.parley.model.Role.ADMIN;
import static chat.parley.model.Role.MEMBER;
import static chat.parley.model.Role.OWNER;
import static chat.parley.model.Role.READONLY;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What can be done in a conversation, and by whom: the one table of rights. web/README.md shows the
 * same table, and a test holds the two together. A dm's two are plain members for good.
 */
public enum Right {
  READ("read messages, members and receipts", OWNER, ADMIN, MEMBER, READONLY),
  LEAVE("leave", OWNER, ADMIN, MEMBER, READONLY),
  SEND("send, react, edit and delete one's own messages", OWNER, ADMIN, MEMBER),
  SKIP_SLOW_MODE("send as often as they like in slow mode", OWNER, ADMIN),
  MENTION_ALL("mention `@channel`", OWNER, ADMIN),
  DELETE_OTHERS("delete messages of others", OWNER, ADMIN),
  INVITE("bring others in", OWNER, ADMIN),
  KICK("remove others of no higher role", OWNER, ADMIN),
  CHANGE_ROLE("change others' roles, up to one's own", OWNER, ADMIN),
  DESCRIBE("set title, topic and avatar colour", OWNER, ADMIN),
  CONFIGURE("set history, slow mode and member limit", OWNER, ADMIN);

  private final String words;
  private final Set<Role> roles;

  Right(String words, Role... roles) {
    this.words = words;
    this.roles = Collections.unmodifiableSet(EnumSet.copyOf(List.of(roles)));
  }

  /** What it is, as README says it. */
  public String words() {
    return words;
  }

  /** Whether members of this role have it. */
  public boolean isOf(Role role) {
    return roles.contains(role);
  }
}
