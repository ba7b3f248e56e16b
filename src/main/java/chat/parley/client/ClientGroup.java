package chat.parley.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Any number of devices that talk to one server, on one event loop: one HTTP pool, one WebSocket
 * client, one tick. Several groups make use of several cores.
 */
public final class ClientGroup {
  private static final int MOST_SOCKETS = 20_000;
  // A server that is gone does not say goodbye.
  private static final int CLOSING_SECONDS = 2;
  private static final int MOST_REST_CONNECTIONS = 32;

  // A sync's answer may hold 500 of the longest messages.
  private static final int LARGEST_FRAME = 16 * 1024 * 1024;

  private final Vertx vertx;
  private final ClientContext context;
  private final WebClient web;
  private final ParleyApi api;
  private final List<ChatClient> clients = new ArrayList<>();
  private long timer = -1;
  private long tickedAt;

  private ClientGroup(Vertx vertx, ClientContext context, WebClient web, ParleyApi api) {
    this.vertx = vertx;
    this.context = context;
    this.web = web;
    this.api = api;
  }

  /** A group with the system's monotonic clock and default patience. */
  public static ClientGroup open(Vertx vertx, URI server) {
    return open(vertx, server, Wiretap.NONE);
  }

  /** The same, with somebody who hears all that the server says. */
  public static ClientGroup open(Vertx vertx, URI server, Wiretap wiretap) {
    return open(vertx, server, ClientSettings.defaults(), new Random(), System::nanoTime, wiretap);
  }

  /**
   * A group.
   *
   * @param vertx stays the caller's: closing the group leaves it running
   * @param server {@code http://host:port} or {@code https://…}, the server's root
   * @param random the source of all jitter; used on the loop only
   * @param nanos monotonic nanoseconds
   */
  public static ClientGroup open(
      Vertx vertx, URI server, ClientSettings settings, Random random, LongSupplier nanos) {
    return open(vertx, server, settings, random, nanos, Wiretap.NONE);
  }

  private static ClientGroup open(
      Vertx vertx,
      URI server,
      ClientSettings settings,
      Random random,
      LongSupplier nanos,
      Wiretap wiretap) {
    boolean tls = "https".equals(server.getScheme());
    if (server.getHost() == null || !(tls || "http".equals(server.getScheme()))) {
      throw new IllegalArgumentException("the server is not an http or https address: " + server);
    }
    int port = server.getPort() > 0 ? server.getPort() : tls ? 443 : 80;
    int connectMs = (int) settings.connectTimeout().toMillis();
    Loop loop = new Loop(vertx);
    WebSocketClient webSockets =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setConnectTimeout(connectMs)
                .setTryUsePerMessageCompression(false)
                .setTryUsePerFrameCompression(false)
                .setMaxConnections(MOST_SOCKETS)
                .setClosingTimeout(CLOSING_SECONDS)
                .setMaxFrameSize(LARGEST_FRAME)
                .setMaxMessageSize(LARGEST_FRAME));
    WebSocketConnectOptions target = new WebSocketConnectOptions();
    target
        .setHost(server.getHost())
        .setPort(port)
        .setSsl(tls)
        .setURI(trimmed(server.getRawPath()) + "/v1/ws");
    target.setTimeout(connectMs);
    WebClient web =
        WebClient.create(
            vertx,
            new WebClientOptions().setConnectTimeout(connectMs).setUserAgent("parley-client"),
            new PoolOptions().setHttp1MaxSize(MOST_REST_CONNECTIONS));
    RestCalls calls = new RestCalls(loop, web, server, settings.answerWithin(), wiretap);
    ParleyApi api = new ParleyApi(calls, null);
    ClientContext context =
        new ClientContext(
            loop, settings, nanos, random, webSockets, target, new FrameReader(wiretap));
    return new ClientGroup(vertx, context, web, api);
  }

  private static String trimmed(String path) {
    return path == null ? "" : path.replaceAll("/+$", "");
  }

  /** The REST calls, not signed in. */
  public ParleyApi api() {
    return api;
  }

  /** Runs a task on the group's loop, at once where the caller is on it. */
  public void run(Runnable task) {
    context.loop().run(task);
  }

  /** A device that knows nothing yet. */
  public ChatClient connect(Credentials credentials, Observer observer) {
    return connect(credentials, Map.of(), observer);
  }

  /**
   * A device that has kept these cursors (changeSeq by conversation). It connects at once and keeps
   * at it.
   */
  public ChatClient connect(Credentials credentials, Map<String, Long> cursors, Observer observer) {
    ChatClient client = new ChatClient(context, credentials, cursors, observer);
    context
        .loop()
        .run(
            () -> {
              if (timer < 0) {
                tickedAt = context.nanos().getAsLong();
                timer = vertx.setPeriodic(context.settings().tick().toMillis(), id -> tick());
              }
              clients.add(client);
              client.begin();
            });
    return client;
  }

  private void tick() {
    long now = context.nanos().getAsLong();
    // After a stall the missed ticks come all at once; one of them is enough.
    if (now - tickedAt < context.settings().tick().toNanos() / 2) {
      return;
    }
    tickedAt = now;
    boolean someClosed = false;
    // By index: an observer may connect another device meanwhile.
    for (int i = 0; i < clients.size(); i++) {
      ChatClient client = clients.get(i);
      client.tick(now);
      someClosed |= client.isClosed();
    }
    if (someClosed) {
      clients.removeIf(ChatClient::isClosed);
    }
  }

  /** Closes all devices and both HTTP clients. */
  public Future<Void> close() {
    return context
        .loop()
        .call(
            () -> {
              if (timer >= 0) {
                vertx.cancelTimer(timer);
              }
              List<Future<Void>> ends = new ArrayList<>();
              clients.forEach(client -> ends.add(client.close().otherwiseEmpty()));
              return Future.join(ends)
                  .eventually(() -> context.webSockets().close())
                  .eventually(
                      () -> {
                        web.close();
                        return Future.succeededFuture();
                      })
                  .mapEmpty();
            });
  }
}
