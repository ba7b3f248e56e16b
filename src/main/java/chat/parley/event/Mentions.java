package chat.parley.event;

import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom a message calls: a fact beside its text, settled when it was sent. {@code channel} calls
 * everybody who is a member; it is never spelt out, so that a large conversation costs no more.
 *
 * @param users each once, in the order of the text
 */
public record Mentions(List<UserId> users, boolean channel) {
  /** Nobody. */
  public static final Mentions NONE = new Mentions(List.of(), false);

  private static final String CHANNEL = "@channel";

  public Mentions {
    users = users == null ? List.of() : List.copyOf(users);
  }

  /** Whether it calls this user, who is a member. */
  public boolean calls(UserId member) {
    return channel || users.contains(member);
  }

  /** As a header of the stream: user ids and {@code @channel}, with commas; empty for nobody. */
  String toHeader() {
    List<String> words = new ArrayList<>();
    users.forEach(user -> words.add(user.value()));
    if (channel) {
      words.add(CHANNEL);
    }
    return String.join(",", words);
  }

  static Mentions ofHeader(String header) {
    List<UserId> users = new ArrayList<>();
    boolean channel = false;
    for (String word : header.split(",")) {
      if (word.equals(CHANNEL)) {
        channel = true;
      } else {
        users.add(new UserId(word));
      }
    }
    return new Mentions(users, channel);
  }
}
