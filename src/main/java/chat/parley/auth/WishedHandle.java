package chat.parley.auth;

import chat.parley.model.Ids;
import java.util.Locale;

/** The handle and name that somebody of the identity provider is given at first sight. */
final class WishedHandle {
  /** How often another one is tried where one is taken. */
  static final int ATTEMPTS = 8;

  private static final int MAX_HANDLE = 32;
  private static final int MAX_NAME = 64;
  private static final int RANDOM = 8;
  private static final String NOBODY = "user";

  private final String base;
  private final String displayName;

  WishedHandle(Identity identity) {
    this.base = handle(identity.handle().orElse(""));
    String name = identity.name().map(WishedHandle::line).orElse("");
    this.displayName = name.isEmpty() ? base : name;
  }

  /** The wish itself at first, then with a number, in the end with something random. */
  String attempt(int number) {
    if (number == 0) {
      return base;
    }
    String random = Ids.fresh();
    String suffix =
        "-" + (number < ATTEMPTS / 2 ? number + 1 : random.substring(random.length() - RANDOM));
    return base.substring(0, Math.min(base.length(), MAX_HANDLE - suffix.length())) + suffix;
  }

  String displayName() {
    return displayName;
  }

  /** Providers name people by addresses of mail too: what is before the @ is the name. */
  private static String handle(String wish) {
    int at = wish.indexOf('@');
    String handle =
        (at > 0 ? wish.substring(0, at) : wish)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9_.-]+", "-")
            .replaceAll("^-+|-+$", "");
    handle = handle.substring(0, Math.min(MAX_HANDLE, handle.length()));
    return handle.length() < 2 ? NOBODY : handle;
  }

  /** Without what is not to be seen or turns the direction of text; at most 64 characters. */
  private static String line(String name) {
    String plain = name.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Co}\\p{Cs}]+", "").strip();
    int end =
        plain.offsetByCodePoints(0, Math.min(MAX_NAME, plain.codePointCount(0, plain.length())));
    return plain.substring(0, end).strip();
  }
}
