package chat.parley.gateway;

import static chat.parley.gateway.HttpEdgeTest.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.bus.QueryMessages;
import chat.parley.bus.QueryMessages.MessagesPage;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many ask for pages and do not read them. */
class UnreadPagesTest {
  private static final ConversationId C1 = new ConversationId("c1");
  private static final String PATH = "/v1/conversations/c1/messages";
  private static final int MEGABYTE = 1 << 20;

  /** More than the kernel takes for somebody who does not read. */
  private static final int PAGE = 8 * MEGABYTE;

  /** One such page fits into the half that is for pages, so that a second one may be begun. */
  private static final int HALF = 10 * MEGABYTE;

  private final EdgeGuard guard = Guards.usual(new SimpleMeterRegistry());
  private final List<Socket> sockets = new ArrayList<>();

  @TempDir Path folder;
  private EdgeServer edge;
  private String token;

  @BeforeEach
  void open() {
    guard.waiting().atMost(2 * HALF);
    edge = new EdgeServer(folder, guard);
    token = edge.signedIn("anna");
  }

  @AfterEach
  void close() throws IOException {
    hangUp();
    edge.close();
  }

  @Test
  void whileMuchWaitsNoMorePagesAreReadForAnybody() throws Exception {
    edge.queries = query -> Future.succeededFuture(large());
    ask();
    await().until(() -> guard.waiting().now() >= PAGE);
    ask();
    await().until(() -> guard.waiting().now() >= 2 * PAGE);
    edge.asked.clear();
    edge.queries = query -> Future.succeededFuture(new MessagesPage(List.of(), false));

    HttpResponse<Buffer> refused = edge.get(PATH, token);
    problem(refused, 503, "overloaded");
    assertThat(Long.parseLong(refused.getHeader("Retry-After"))).isBetween(1L, 5L);
    problem(edge.get("/v1/sync", token), 503, "overloaded");
    assertThat(edge.asked).isEmpty();

    hangUp();
    await().until(() -> guard.waiting().now() == 0);
    assertThat(edge.get(PATH, token).statusCode()).isEqualTo(200);
    await("what is read no longer counts").until(() -> guard.waiting().now() == 0);
  }

  @Test
  void pagesThatWereAskedForTogetherAreHeldOnlyWhileThereIsRoom() throws Exception {
    Queue<Promise<QueryMessages>> answers = new ConcurrentLinkedQueue<>();
    edge.queries =
        query -> {
          Promise<QueryMessages> answer = Promise.promise();
          answers.add(answer);
          return answer.future();
        };
    for (int i = 0; i < 4; i++) {
      ask();
    }
    await().until(() -> answers.size() == 4);

    MessagesPage page = large();
    answers.forEach(answer -> answer.complete(page));

    List<String> heads = new ArrayList<>();
    for (Socket socket : sockets) {
      heads.add(new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1));
    }
    assertThat(heads)
        .containsExactlyInAnyOrder("HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 503", "HTTP/1.1 503");
    assertThat(guard.waiting().now()).isBetween(2L * PAGE, 3L * PAGE);
  }

  /** Asks for a page on a line of its own. */
  private void ask() throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(4_096);
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress("127.0.0.1", edge.port()));
    String request =
        "GET " + PATH + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  private static MessagesPage large() {
    String text = "x".repeat(MEGABYTE);
    return new MessagesPage(
        LongStream.range(0, PAGE / MEGABYTE).mapToObj(i -> message(9 - i, text)).toList(), false);
  }

  private static Change message(long number, String text) {
    String payload =
        "{\"message\":{\"messageId\":\"c1."
            + number
            + "\",\"seq\":"
            + number
            + ",\"body\":{\"text\":\""
            + text
            + "\"}}}";
    return new Change(
        C1,
        number,
        number,
        ChangeType.MESSAGE_NEW,
        new UserId("u-anna"),
        null,
        0,
        payload.getBytes(StandardCharsets.UTF_8));
  }
}
