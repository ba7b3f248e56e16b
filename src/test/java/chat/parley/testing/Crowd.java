package chat.parley.testing;

import chat.parley.client.ChatClient;
import chat.parley.client.ClientGroup;
import chat.parley.client.Observer;
import chat.parley.client.ParleyApi;
import chat.parley.client.Session;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.Map;
import java.util.UUID;

/** People with accounts of their own at a server, for one test. */
public final class Crowd implements AutoCloseable {
  /** Everybody's. */
  public static final String PASSWORD = "correct horse battery";

  private final Vertx vertx = Vertx.vertx();
  private final URI server;
  private final ClientGroup group;

  /** Somebody, signed in with a first device. */
  public record Somebody(Crowd crowd, String handle, String userId, ParleyApi api) {
    /** The first device's session. */
    public Session session() {
      return api.credentials().session();
    }

    /** Signs in with one more device. */
    public ParleyApi signIn(String deviceName) {
      return crowd
          .group
          .api()
          .as(Await.join(crowd.group.api().createSession(handle, PASSWORD, deviceName, null)));
    }

    /** A raw socket of the first device, welcomed and in sync. */
    public RawSocket enter() {
      return crowd.socket(RawSocket.WS).enter(session().accessToken());
    }
  }

  /** Nobody yet. */
  public Crowd(ParleyServer server) {
    this(server.uri());
  }

  /** Nobody yet, at this root. */
  public Crowd(URI server) {
    this.server = server;
    this.group = ClientGroup.open(vertx, server, Documented.WIRETAP);
  }

  /** Signs somebody up whose handle begins with this name, and in. */
  public Somebody somebody(String name) {
    String handle = name + "-" + UUID.randomUUID().toString().substring(0, 8);
    String userId = Await.join(group.api().createAccount(handle, PASSWORD, name)).userId();
    Session session = Await.join(group.api().createSession(handle, PASSWORD, "first", null));
    return new Somebody(this, handle, userId, group.api().as(session));
  }

  /** A device that keeps itself connected, ready and in sync. */
  public ChatClient connect(ParleyApi as, Map<String, Long> cursors, Observer observer) {
    ChatClient client = group.connect(as.credentials(), cursors, observer);
    Await.join(client.ready());
    return client;
  }

  /** A socket that has not said hello. */
  public RawSocket socket(String path) {
    return Await.join(RawSocket.open(vertx, server.getPort(), path, null));
  }

  /** Calls without a session. */
  public ParleyApi stranger() {
    return group.api();
  }

  /** The crowd's own clients run on it. */
  public Vertx vertx() {
    return vertx;
  }

  @Override
  public void close() {
    Await.join(group.close().eventually(vertx::close));
  }
}
