package chat.parley.gateway;

import chat.parley.auth.Devices;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Devices in memory, with the same rules for refresh tokens; at most three a user. */
final class FakeDevices implements Devices {
  private static final int MAX = 3;

  private record Key(UserId userId, DeviceId deviceId) {}

  private record Used(Key key, String family) {}

  private final Map<Key, Device> devices = new ConcurrentHashMap<>();
  private final Map<Key, String> good = new ConcurrentHashMap<>();
  private final Map<String, Used> known = new ConcurrentHashMap<>();
  private final Map<String, String> renewals = new ConcurrentHashMap<>();
  private long now = 1_000;

  /** What happens once a sign-in is stored, before its answer. */
  Runnable afterSignIn = () -> {};

  @Override
  public Future<SignedIn> signIn(
      UserId user, NewDevice device, Function<String, Future<Void>> end) {
    Key key = new Key(user, device.deviceId());
    if (!devices.containsKey(key) && of(user).result().size() >= MAX) {
      return Future.failedFuture(new FailureException(Failure.CONFLICT, "too many devices"));
    }
    String family = Ids.fresh();
    now += 1_000;
    Device former =
        devices.put(
            key,
            new Device(device.deviceId(), device.name(), device.platform(), 1_000, now, family));
    if (former != null) {
      end.apply(former.family());
    }
    SignedIn in = new SignedIn(family, next(key, family));
    afterSignIn.run();
    return Future.succeededFuture(in);
  }

  @Override
  public Future<Renewal> renew(String refreshToken, Optional<String> renewalId) {
    Used used = known.get(refreshToken);
    if (used == null || !devices.containsKey(used.key())) {
      return Future.succeededFuture(new Renewal(Outcome.UNKNOWN, null, null, null, null));
    }
    Key key = used.key();
    String before = renewals.get(refreshToken + renewalId);
    if (renewalId.isPresent() && before != null && before.equals(good.get(key))) {
      return Future.succeededFuture(
          new Renewal(Outcome.RENEWED, key.userId(), key.deviceId(), used.family(), before));
    }
    if (!refreshToken.equals(good.get(key))) {
      return Future.succeededFuture(
          new Renewal(Outcome.REPLAYED, key.userId(), key.deviceId(), used.family(), null));
    }
    String next = next(key, used.family());
    renewals.put(refreshToken + renewalId, next);
    return Future.succeededFuture(
        new Renewal(Outcome.RENEWED, key.userId(), key.deviceId(), used.family(), next));
  }

  @Override
  public Future<List<Device>> of(UserId user) {
    Map<String, Device> own = new TreeMap<>();
    devices.forEach(
        (key, device) -> {
          if (key.userId().equals(user)) {
            own.put(key.deviceId().value(), device);
          }
        });
    return Future.succeededFuture(List.copyOf(own.values()));
  }

  @Override
  public Future<Optional<Device>> find(UserId user, DeviceId device) {
    return Future.succeededFuture(Optional.ofNullable(devices.get(new Key(user, device))));
  }

  @Override
  public Future<Boolean> delete(UserId user, DeviceId device, String family) {
    Key key = new Key(user, device);
    Device known = devices.get(key);
    boolean is = known != null && known.family().equals(family);
    return Future.succeededFuture(is && devices.remove(key, known));
  }

  private String next(Key key, String family) {
    String token = Ids.fresh();
    good.put(key, token);
    known.put(token, new Used(key, family));
    return token;
  }
}
