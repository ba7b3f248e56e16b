package chat.parley.gateway;

import chat.parley.auth.Accounts;
import chat.parley.event.Mentions;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds whom a text names: {@code @handle} of accounts that exist, and {@code @channel}. Who of
 * them is a member, and whether the sender may call everybody, is not known here. A text without
 * {@code @} costs nothing; handles are looked up once and remembered for a while.
 */
final class MentionFinder {
  /** Further ones in one text are words like others. */
  static final int MOST = 32;

  private static final String CHANNEL = "channel";

  /** Not within a word, so that an address of e-mail names nobody. */
  private static final Pattern NAME =
      Pattern.compile("(?<![\\p{L}\\p{N}_.@/-])@([A-Za-z0-9_.-]{2,64})(?![A-Za-z0-9_-])");

  private final Accounts accounts;

  MentionFinder(Accounts accounts) {
    this.accounts = accounts;
  }

  /** Whom the text names; fails where the accounts cannot be read. */
  Future<Mentions> in(String text) {
    if (text.indexOf('@') < 0) {
      return Future.succeededFuture(Mentions.NONE);
    }
    List<String> names = names(text);
    if (names.isEmpty()) {
      return Future.succeededFuture(Mentions.NONE);
    }
    Set<String> handles = new LinkedHashSet<>();
    for (String name : names) {
      handles.add(name);
      handles.add(withoutEnd(name));
    }
    boolean channel = handles.remove(CHANNEL);
    return accounts.withHandles(handles).map(holders -> mentions(names, holders, channel));
  }

  private static List<String> names(String text) {
    Set<String> names = new LinkedHashSet<>();
    Matcher matcher = NAME.matcher(text);
    while (names.size() < MOST && matcher.find()) {
      names.add(matcher.group(1).toLowerCase(Locale.ROOT));
    }
    return new ArrayList<>(names);
  }

  private static Mentions mentions(
      List<String> names, Map<String, UserId> holders, boolean channel) {
    Set<UserId> users = new LinkedHashSet<>();
    for (String name : names) {
      UserId user = holders.getOrDefault(name, holders.get(withoutEnd(name)));
      if (user != null) {
        users.add(user);
      }
    }
    return new Mentions(new ArrayList<>(users), channel);
  }

  /** A handle may end in a dot, and so may the sentence that names one. */
  private static String withoutEnd(String name) {
    int end = name.length();
    while (end > 1 && name.charAt(end - 1) == '.') {
      end--;
    }
    return name.substring(0, end);
  }
}
