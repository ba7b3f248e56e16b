package chat.parley.gateway;

import chat.parley.auth.Devices;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** Devices in memory, with the same rules for refresh tokens. */
final class FakeDevices implements Devices {
  private record Key(UserId userId, DeviceId deviceId) {}

  /** What {@link #forget} was called with. */
  final BlockingQueue<DeviceId> forgotten = new LinkedBlockingQueue<>();

  private final Map<Key, Device> devices = new ConcurrentHashMap<>();
  private final Map<Key, String> good = new ConcurrentHashMap<>();
  private final Map<String, Key> known = new ConcurrentHashMap<>();

  @Override
  public Future<String> signIn(UserId user, DeviceId device, String name) {
    Key key = new Key(user, device);
    devices.put(key, new Device(device, name, 1_000, 2_000));
    return Future.succeededFuture(next(key));
  }

  @Override
  public Future<Renewal> renew(String refreshToken) {
    Key key = known.get(refreshToken);
    if (key == null || !devices.containsKey(key)) {
      return Future.succeededFuture(new Renewal(Outcome.UNKNOWN, null, null, null));
    }
    if (!refreshToken.equals(good.get(key))) {
      devices.remove(key);
      return Future.succeededFuture(
          new Renewal(Outcome.REPLAYED, key.userId(), key.deviceId(), null));
    }
    return Future.succeededFuture(
        new Renewal(Outcome.RENEWED, key.userId(), key.deviceId(), next(key)));
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
  public Future<Boolean> delete(UserId user, DeviceId device) {
    return Future.succeededFuture(devices.remove(new Key(user, device)) != null);
  }

  @Override
  public Future<Boolean> isActive(UserId user, DeviceId device) {
    return Future.succeededFuture(devices.containsKey(new Key(user, device)));
  }

  @Override
  public void forget(UserId user, DeviceId device) {
    forgotten.add(device);
  }

  private String next(Key key) {
    String token = Ids.fresh();
    good.put(key, token);
    known.put(token, key);
    return token;
  }
}
