package chat.parley.auth;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.List;

/**
 * Who may use the admin calls: the accounts whose handles this node's settings name, asked at each
 * call. No token says so, hence taking a handle out of the settings ends the right with the node's
 * next start, whatever tokens are about.
 */
public final class Admins {
  private final List<String> handles;
  private final Accounts accounts;

  public Admins(AuthSettings settings, Accounts accounts) {
    this.handles = settings.admins();
    this.accounts = accounts;
  }

  /**
   * Whether nobody may create an account of this handle: else somebody could make themselves an
   * admin who was quicker than the one who is meant.
   */
  public boolean isReserved(String handle) {
    return handles.contains(handle);
  }

  /** The admin's profile; fails with {@code FORBIDDEN} for everybody else. */
  public Future<Profile> require(UserId user) {
    return accounts
        .find(user)
        .map(
            found ->
                found
                    .filter(profile -> handles.contains(profile.handle()))
                    .orElseThrow(
                        () ->
                            new FailureException(
                                Failure.FORBIDDEN, "this is for admins of the server")));
  }
}
