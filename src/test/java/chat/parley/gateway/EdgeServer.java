package chat.parley.gateway;

import chat.parley.audit.AuditEvent;
import chat.parley.audit.AuditReader;
import chat.parley.audit.MemoryAuditStore;
import chat.parley.auth.AuthSettings;
import chat.parley.auth.Devices.NewDevice;
import chat.parley.auth.JwtTokens;
import chat.parley.auth.OidcSettings;
import chat.parley.auth.PasswordSettings;
import chat.parley.auth.Passwords;
import chat.parley.auth.Principal;
import chat.parley.auth.Profile;
import chat.parley.auth.SigningKey;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.InboxMessages;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.PresenceMessages;
import chat.parley.bus.QueryMessages;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.kafka.KafkaSettings;
import chat.parley.letters.LetterDesk;
import chat.parley.model.DeviceId;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.ShardDirectory;
import chat.parley.registry.ShardRouter;
import chat.parley.testing.Await;
import chat.parley.testing.Documented;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** The HTTP edge on a free port; what lies behind the bus is played by functions of the test. */
final class EdgeServer implements AutoCloseable {
  private static final String NODE = "n1";
  private static final int SYNC_BUDGET = 500;

  final Vertx vertx = Vertx.vertx();
  final FakeAccounts accounts = new FakeAccounts();
  final FakeDevices devices = new FakeDevices();
  final BlockingQueue<DeliveryMessages> toGateways = new LinkedBlockingQueue<>();
  final BlockingQueue<Object> asked = new LinkedBlockingQueue<>();
  final FakeRevocations revocations = new FakeRevocations();
  final List<AuditEvent> audited = new CopyOnWriteArrayList<>();
  final Map<String, Profile> people = new ConcurrentHashMap<>();

  Function<IngestMessages, Future<? extends IngestMessages>> ingest = EdgeServer::nobody;
  Function<QueryMessages, Future<? extends QueryMessages>> queries = EdgeServer::nobody;
  Function<ReceiptMessages, Future<? extends ReceiptMessages>> receipts = EdgeServer::nobody;
  Function<InboxMessages, Future<? extends InboxMessages>> inbox = EdgeServer::nobody;
  Function<PresenceMessages, Future<? extends PresenceMessages>> presence = EdgeServer::unseen;
  final FakePresences presences = new FakePresences(Clock.systemUTC(), 60_000);
  volatile List<String> waitingFor = List.of();

  /** How many connections the server has, as it knows it. */
  final AtomicInteger lines = new AtomicInteger();

  final FakeRegistry registry = new FakeRegistry();
  final FakeInterests interests = new FakeInterests();
  final LongPolls polls = new LongPolls(vertx, registry, interests, 10);

  private final JwtTokens tokens;
  private final HttpServer server;
  private final HttpServer operatorServer;
  private final WebClient client;

  private final RestApi api;

  EdgeServer(Path folder) {
    this(folder, true);
  }

  /** {@code builtIn}: whether there are accounts with passwords. */
  EdgeServer(Path folder, boolean builtIn) {
    this(folder, builtIn, HttpSettings.defaults().withPort(0));
  }

  EdgeServer(Path folder, boolean builtIn, HttpSettings http) {
    this(folder, builtIn, http, Guards.usual(new SimpleMeterRegistry()));
  }

  EdgeServer(Path folder, EdgeGuard guard) {
    this(folder, true, HttpSettings.defaults().withPort(0), guard);
  }

  private EdgeServer(Path folder, boolean builtIn, HttpSettings http, EdgeGuard guard) {
    BusCodecs.install(vertx.eventBus());
    Bus bus = new Bus(vertx, 2_000);
    bus.answer(Addresses.ingest(NODE), (IngestMessages m) -> note(m, ingest)).await();
    bus.answer(Addresses.QUERIES, (QueryMessages m) -> note(m, queries)).await();
    bus.answer(Addresses.RECEIPTS, (ReceiptMessages m) -> note(m, receipts)).await();
    bus.answer(Addresses.INBOX, (InboxMessages m) -> note(m, inbox)).await();
    bus.answer(Addresses.PRESENCE, (PresenceMessages m) -> note(m, presence)).await();
    bus.listen(Addresses.ALL_GATEWAYS, toGateways::add).await();
    AuthSettings settings =
        new AuthSettings(
            null,
            true,
            List.of("Root"),
            "parley",
            "parley",
            900,
            86_400,
            30,
            new PasswordSettings(2, 64, 64, 1),
            10,
            builtIn,
            3,
            OidcSettings.defaults());
    tokens =
        new JwtTokens(
            vertx,
            SigningKey.createIfMissing(folder.resolve("key")),
            settings,
            Clock.systemUTC(),
            revocations::isRevoked);
    LetterDesk letters =
        new LetterDesk(
            vertx,
            KafkaSettings.defaults().withBootstrapServers(List.of("127.0.0.1:1")),
            new SimpleMeterRegistry(),
            Clock.systemUTC(),
            (kind, actor, letter, outcome) -> Future.succeededFuture());
    api =
        new RestApi(
            new EdgeServices(
                settings,
                tokens,
                new Passwords(vertx, settings.passwords()),
                accounts,
                devices,
                new ShardRouter(
                    vertx,
                    bus,
                    new OneOwner(),
                    1_000,
                    Clock.systemUTC(),
                    new SimpleMeterRegistry()),
                bus,
                letters,
                new Security(
                    revocations,
                    Optional.of(this::byProvider),
                    event -> {
                      audited.add(event);
                      return Future.succeededFuture();
                    },
                    new AuditReader(new MemoryAuditStore())),
                polls,
                SYNC_BUDGET,
                presences.at(NODE),
                new SimpleMeterRegistry(),
                guard));
    HttpEdge edge =
        new HttpEdge(vertx, http, api, new Probes(() -> "parley_up 1.0\n", () -> waitingFor));
    server =
        vertx
            .createHttpServer(http.serverOptions(65_536))
            .invalidRequestHandler(MalformedRequest::answer)
            .connectionHandler(
                connection -> {
                  lines.incrementAndGet();
                  connection.closeHandler(closed -> lines.decrementAndGet());
                })
            .requestHandler(
                edge.router(
                    router ->
                        router.get("/v1/ws").handler(context -> context.response().end("socket"))))
            .listen()
            .await();
    operatorServer =
        vertx
            .createHttpServer(http.serverOptions(65_536).setSsl(false).setKeyCertOptions(null))
            .requestHandler(edge.operatorRouter())
            .listen()
            .await();
    client = WebClient.create(vertx);
  }

  /** A user who is signed in on device {@code d-<handle>}; answers with an access token. */
  String signedIn(String handle) {
    accounts.create(handle, handle.toUpperCase(), "none");
    UserId user = new UserId("u-" + handle);
    DeviceId device = new DeviceId("d-" + handle);
    return signedIn(user, device);
  }

  /** Whose token it is, and of which sign-in. */
  Principal principal(String token) {
    return Await.join(tokens.verify(token));
  }

  /** An access token of a device that signs in. */
  String signedIn(UserId user, DeviceId device) {
    String family =
        devices
            .signIn(
                user,
                new NewDevice(device, "test", "test", Optional.empty()),
                former -> Future.succeededFuture())
            .result()
            .family();
    return tokens.issue(user, device, family).token();
  }

  HttpResponse<Buffer> call(HttpMethod method, String path, String token, Object body) {
    return call(method, path, token, body, new String[0]);
  }

  /** The same with more headers: each a name and a value. */
  HttpResponse<Buffer> call(
      HttpMethod method, String path, String token, Object body, String... headers) {
    HttpRequest<Buffer> request = client.request(method, server.actualPort(), "127.0.0.1", path);
    for (int i = 0; i < headers.length; i += 2) {
      request.putHeader(headers[i], headers[i + 1]);
    }
    if (token != null) {
      request.bearerTokenAuthentication(token);
    }
    HttpResponse<Buffer> answer =
        body == null
            ? request.send().await()
            : request
                .sendBuffer(
                    body instanceof JsonObject json
                        ? json.toBuffer()
                        : body instanceof Buffer bytes ? bytes : Buffer.buffer((String) body))
                .await();
    if (answer.statusCode() >= 400) {
      // Other answers hold what the test has put behind the bus.
      Documented.answer(method.name(), path, answer);
    }
    return answer;
  }

  /** All that comes back, until the server closes. */
  String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.actualPort())) {
      socket.setSoTimeout(8_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Sends a request and hangs up once the condition holds. */
  void hangUpDuring(String line, String token, Callable<Boolean> condition) throws IOException {
    hangUpDuring(line, token, "", condition);
  }

  /** The same with a body; of an empty one nothing is said. */
  void hangUpDuring(String line, String token, String json, Callable<Boolean> condition)
      throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.actualPort())) {
      String head = line + "\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n";
      if (!json.isEmpty()) {
        head += "Content-Type: application/json\r\nContent-Length: " + json.length() + "\r\n";
      }
      String request = head + "\r\n" + json;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      Awaitility.await().until(condition);
    }
  }

  HttpResponse<Buffer> get(String path, String token) {
    return call(HttpMethod.GET, path, token, null);
  }

  HttpResponse<Buffer> post(String path, String token, Object body) {
    return call(HttpMethod.POST, path, token, body);
  }

  /** Where everybody is answered. */
  int port() {
    return server.actualPort();
  }

  /** Where the operator's own router answers. */
  int operatorPort() {
    return operatorServer.actualPort();
  }

  /** Every call that the server takes, as {@code METHOD path}. */
  List<String> operations() {
    AllowedMethods methods = new AllowedMethods();
    Router router = Router.router(vertx);
    api.install(router, HttpSettings.defaults(), methods);
    api.installForOperator(router, HttpSettings.defaults(), methods);
    return methods.all();
  }

  private Future<Profile> byProvider(String token) {
    return people.containsKey(token)
        ? Future.succeededFuture(people.get(token))
        : Future.failedFuture(
            new FailureException(Failure.UNAUTHENTICATED, "the identity token is not valid"));
  }

  @Override
  public void close() {
    vertx.close().await();
  }

  private <T> Future<? extends T> note(T message, Function<T, Future<? extends T>> answer) {
    asked.add(message);
    return answer.apply(message);
  }

  /** Nobody has said whom they let see them, and nobody shares a conversation. */
  private static Future<? extends PresenceMessages> unseen(PresenceMessages message) {
    if (message instanceof PresenceMessages.SightsQuery query) {
      return Future.succeededFuture(
          new PresenceMessages.Sights(
              query.unknown().stream()
                  .map(user -> new PresenceMessages.Stored(user, PresenceVisibility.USUAL, 0))
                  .toList(),
              List.of()));
    }
    return Future.succeededFuture(
        new PresenceMessages.VisibleTo(
            message instanceof PresenceMessages.Show show
                ? show.visibleTo()
                : PresenceVisibility.USUAL));
  }

  private static <T> Future<? extends T> nobody(T message) {
    return Future.failedFuture(new FailureException(Failure.NOT_FOUND, "no such conversation"));
  }

  private static final class OneOwner implements ShardDirectory {
    @Override
    public Optional<String> ownerOf(int shard) {
      return Optional.of(NODE);
    }

    @Override
    public void announce(int shard, long epoch) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void withdraw(int shard, long epoch) {
      throw new UnsupportedOperationException();
    }
  }
}
