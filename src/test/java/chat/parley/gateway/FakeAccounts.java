package chat.parley.gateway;

import chat.parley.auth.Accounts;
import chat.parley.auth.Profile;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/** Accounts in memory; the id of user {@code anna} is {@code u-anna}. */
final class FakeAccounts implements Accounts {
  private final Map<String, Credentials> byHandle = new ConcurrentSkipListMap<>();

  @Override
  public Future<Profile> create(String handle, String displayName, String passwordHash) {
    Profile profile = new Profile(new UserId("u-" + handle), handle, displayName);
    return byHandle.putIfAbsent(handle, new Credentials(profile, passwordHash, false)) == null
        ? Future.succeededFuture(profile)
        : Future.failedFuture(new FailureException(Failure.CONFLICT, "the handle is taken"));
  }

  @Override
  public Future<Profile> adopt(UserId user, String handle, String displayName) {
    Profile profile = new Profile(user, handle, displayName);
    byHandle.put(handle, new Credentials(profile, null, false));
    return Future.succeededFuture(profile);
  }

  /** The account is gone. */
  void remove(String handle) {
    byHandle.remove(handle);
  }

  @Override
  public Future<Optional<Credentials>> credentialsOf(String handle) {
    return Future.succeededFuture(Optional.ofNullable(byHandle.get(handle)));
  }

  @Override
  public Future<Optional<Profile>> find(UserId user) {
    return Future.succeededFuture(
        byHandle.values().stream()
            .map(Credentials::profile)
            .filter(profile -> profile.userId().equals(user))
            .findFirst());
  }

  @Override
  public Future<Map<String, UserId>> withHandles(Collection<String> handles) {
    Map<String, UserId> found = new HashMap<>();
    handles.stream()
        .filter(byHandle::containsKey)
        .forEach(handle -> found.put(handle, byHandle.get(handle).profile().userId()));
    return Future.succeededFuture(found);
  }

  @Override
  public Future<Map<UserId, Profile>> findAll(Collection<UserId> users) {
    Map<UserId, Profile> found = new HashMap<>();
    users.forEach(user -> find(user).result().ifPresent(profile -> found.put(user, profile)));
    return Future.succeededFuture(found);
  }

  @Override
  public Future<List<Profile>> search(String prefix, int limit) {
    return Future.succeededFuture(
        byHandle.values().stream()
            .map(Credentials::profile)
            .filter(profile -> profile.handle().startsWith(prefix))
            .limit(limit)
            .toList());
  }

  @Override
  public Future<Profile> rename(UserId user, String displayName) {
    Credentials now = byHandle.get(find(user).result().orElseThrow().handle());
    Profile renamed = new Profile(user, now.profile().handle(), displayName);
    byHandle.put(renamed.handle(), new Credentials(renamed, now.passwordHash(), now.suspended()));
    return Future.succeededFuture(renamed);
  }

  @Override
  public Future<Optional<Credentials>> credentialsOf(UserId user) {
    return find(user).map(found -> found.map(profile -> byHandle.get(profile.handle())));
  }

  @Override
  public Future<Boolean> setPassword(UserId user, String former, String passwordHash) {
    boolean isFormer = former.equals(credentialsOf(user).result().orElseThrow().passwordHash());
    return isFormer
        ? alter(user, now -> new Credentials(now.profile(), passwordHash, now.suspended()))
            .map(true)
        : Future.succeededFuture(false);
  }

  @Override
  public Future<Void> suspend(UserId user, boolean suspended) {
    return alter(user, now -> new Credentials(now.profile(), now.passwordHash(), suspended));
  }

  private Future<Void> alter(UserId user, UnaryOperator<Credentials> alteration) {
    return find(user)
        .map(
            found -> {
              byHandle.computeIfPresent(
                  found.orElseThrow().handle(), (handle, now) -> alteration.apply(now));
              return null;
            });
  }
}
